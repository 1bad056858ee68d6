/** The body of a notification: JSON for programs, with a `text` that Slack and Mattermost show. Pure. */
import type { Notice, Notification, Problem } from '../model/notification.ts';
import type { Draft } from './told.ts';

/** Of each kind, the gravest. */
export const MOST_LISTED = 20;
/** Characters of a problem's words in the text; a receiver cuts what is too long in the middle of a line. */
const MOST_WORDS = 400;
const MOST_NAME = 120;

export interface Head {
  id: string;
  now: number;
  cluster: string | null;
  version: string | null;
  /** Where people open Hoplight, without a slash at its end; null: there are no links. */
  publicUrl: string | null;
}

export function letterOf(draft: Draft, head: Head): Notification {
  const notice = (problem: Problem): Notice => ({
    ...problem,
    since: isoOf(problem.since),
    url: urlOf(problem, head.publicUrl),
  });
  const resolved = draft.resolved.toSorted((a, b) => rank(a.problem) - rank(b.problem));
  const lists = {
    opened: gravest(draft.opened).map(notice),
    lasting: gravest(draft.lasting).map(notice),
    resolved: resolved
      .slice(0, MOST_LISTED)
      .map(({ problem, until }) => ({ ...notice(problem), until: new Date(until).toISOString() })),
  };
  const more = {
    opened: draft.opened.length - lists.opened.length,
    lasting: draft.lasting.length - lists.lasting.length,
    resolved: resolved.length - lists.resolved.length,
  };
  const where = head.cluster === null ? 'the broker' : `\`${name(head.cluster)}\``;
  const text = [
    ...section(
      draft.opened.length,
      `needs a look on ${where}`,
      `need a look on ${where}`,
      lists.opened,
      more.opened,
    ),
    ...section(
      draft.lasting.length,
      `still needs a look on ${where}`,
      `still need a look on ${where}`,
      lists.lasting,
      more.lasting,
    ),
    ...section(resolved.length, `is over on ${where}`, `are over on ${where}`, lists.resolved, more.resolved),
  ].join('\n');
  return { ...frame(head), test: false, ...lists, more, text };
}

/** To see whether it arrives; `by` is who asked for it. */
export function testLetter(by: string, head: Head): Notification {
  const where = head.cluster === null ? 'the broker' : `\`${name(head.cluster)}\``;
  return {
    ...frame(head),
    test: true,
    opened: [],
    lasting: [],
    resolved: [],
    more: { opened: 0, lasting: 0, resolved: 0 },
    text: `*A test*: Hoplight tells here what needs a look on ${where}. Sent by \`${name(by)}\`.`,
  };
}

function frame(head: Head) {
  return {
    version: 1 as const,
    id: head.id,
    sentAt: new Date(head.now).toISOString(),
    broker: { cluster: head.cluster, version: head.version },
  };
}

function section(n: number, one: string, several: string, list: readonly Notice[], more: number): string[] {
  if (n === 0) return [];
  return [
    `*${n} ${n === 1 ? one : several}*`,
    ...list.flatMap(lines),
    ...(more > 0 ? [`… and ${more} more`] : []),
  ];
}

function lines(notice: Notice): string[] {
  const { code, level, vhost, queue, words, figure, url, symptoms } = notice;
  const place =
    queue === ''
      ? vhost === ''
        ? ''
        : ` in vhost \`${name(vhost)}\``
      : ` \`${name(queue)}\` in vhost \`${name(vhost)}\``;
  const link = url === null ? '' : ` <${url}|open>`;
  const tail = figure === '' ? '' : ` (${plain(figure, MOST_WORDS)})`;
  const also = symptoms.length === 0 ? '' : ` With it: ${symptoms.length} more that follow from it.`;
  return [
    `${level === 'dead' ? '🔴' : '🟠'} *${code.replaceAll('_', ' ')}*${place}: ${plain(words, MOST_WORDS)}${tail}${also}${link}`,
  ];
}

/** Of a broker's text in prose: it can mention nobody, link nowhere, and begin no line. */
function plain(text: string, most: number): string {
  return escaped(cut(text, most))
    .replaceAll('@', '@\u200b')
    .replaceAll('://', ':\u200b//')
    .replaceAll('](', ']\u200b(')
    .replaceAll('`', 'ˋ');
}

/** Between backticks, where neither Slack nor Mattermost reads anything but <…>. */
function name(text: string): string {
  return plain(text, MOST_NAME);
}

/** Slack's three (https://docs.slack.dev/messaging/formatting-message-text#escaping); control and direction marks are spaces. */
function escaped(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function cut(text: string, most: number): string {
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`;
}

function gravest(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST_LISTED);
}

function rank({ level }: Problem): number {
  return level === 'dead' ? 0 : 1;
}

function isoOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** encodeURIComponent leaves none of Slack's `<`, `>`, `|` in it. */
function urlOf({ vhost, queue }: Problem, base: string | null): string | null {
  if (base === null) return null;
  return queue === ''
    ? `${base}/`
    : `${base}/queues/${encodeURIComponent(vhost)}/${encodeURIComponent(queue)}`;
}
