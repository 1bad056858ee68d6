/** What to know, agree to, or mend before a replay. Pure; one rule a function. */
import type { PlanWarning } from '../model/replay.ts';
import type { Aim, PlanInput } from './plan-input.ts';
import { rulesOf } from './queue-facts.ts';
import type { Entry } from './selection.ts';

export interface WarningInput extends PlanInput {
  chosen: readonly Entry[];
  selected: number;
  exact: boolean;
  aims: readonly Aim[];
}

type Rule = (input: WarningInput) => PlanWarning[];

const refuse = (code: string, words: string): PlanWarning => ({ code, level: 'refuse', words });
const consent = (code: string, words: string): PlanWarning => ({ code, level: 'consent', words });
const note = (code: string, words: string): PlanWarning => ({ code, level: 'note', words });
const count = (n: number) => n.toLocaleString('en-US');
const messages = (n: number) => (n === 1 ? '1 message' : `${count(n)} messages`);
const nameOf = (a: { exchange: string; routingKey: string }) =>
  a.exchange === '' ? `queue ${a.routingKey}` : `exchange ${a.exchange} with key ${a.routingKey}`;
/** An expiration below this is over before a consumer looks, ms. */
const SMALL_EXPIRATION = 60_000;

const nothingSelected: Rule = ({ selected, request, index }) =>
  selected > 0 || index.consumers > 0
    ? []
    : [
        refuse(
          'nothing_selected',
          request.select.kind === 'all'
            ? 'The queue holds no message.'
            : 'None of the selected messages lies in the queue any more. Read it again.',
        ),
      ];

const gone: Rule = ({ request, chosen }) => {
  const { select } = request;
  const missing = select.kind === 'messages' ? new Set(select.ids).size - chosen.length : 0;
  return missing > 0 && chosen.length > 0
    ? [
        note(
          'gone',
          `${messages(missing)} of the selected ${missing === 1 ? 'is' : 'are'} no longer in the queue.`,
        ),
      ]
    : [];
};

const unreadable: Rule = ({ snapshot, queue, index }) => {
  const rules = rulesOf(snapshot, queue, index.weakest);
  if (rules.level === 'refused') return [refuse('source_unreadable', rules.words)];
  return rules.level === 'counts'
    ? [
        consent(
          'lives',
          `${rules.words} Messages that stay are put back once for this plan and once for the replay.`,
        ),
      ]
    : [];
};

const others: Rule = ({ queue, index: { consumers } }) =>
  consumers > 0
    ? [
        refuse(
          'source_consumed',
          `${count(consumers)} ${consumers === 1 ? 'consumer takes' : 'consumers take'} messages from ${queue.name}: a replay must be alone with it. Stop ${consumers === 1 ? 'it' : 'them'} first.`,
        ),
      ]
    : [];

const cannot: Rule = ({ chosen }) => {
  const stuck = chosen.flatMap((e) => ('cannot' in e.address ? [e.address.cannot] : []));
  const [why] = stuck;
  if (why === undefined) return [];
  const words = `${messages(stuck.length)} cannot be sent and will stay. ${stuck.length > 1 ? 'Why, of the first: ' : ''}${why}`;
  return [stuck.length === chosen.length ? refuse('cannot_move', words) : note('cannot_move', words)];
};

/** A target that may only turn up later (the queue was not read to its end) must not stop those that are there. */
const targets: Rule = ({ aims, queue }) => {
  const leads = aims.some((a) => a.queues.length > 0);
  return aims.flatMap((aim) => {
    const missing = aim.messages === null && leads ? note : refuse;
    if (!aim.way.exists) return [missing('target_missing', `There is no exchange ${aim.exchange}.`)];
    if (aim.queues.length === 0)
      return [
        missing(
          'target_missing',
          aim.exchange === ''
            ? `There is no queue ${aim.routingKey} any more. Choose another target, or declare it again.`
            : `No queue is bound to ${nameOf(aim)}: every copy would come back.`,
        ),
      ];
    if (aim.queues.some((q) => q.name === queue.name))
      return [refuse('target_is_source', `${nameOf(aim)} leads back into ${queue.name} itself.`)];
    const stream = aim.queues.find((q) => q.queue?.type === 'stream');
    return stream
      ? [
          refuse(
            'target_stream',
            `${stream.name} is a stream: it would drop header types, and cannot be taken back.`,
          ),
        ]
      : [];
  });
};

const alternates: Rule = ({ aims, snapshot, request }) =>
  unique(
    aims.flatMap((aim) => {
      const alternate = snapshot.exchanges.find(
        (e) => e.vhost === request.vhost && e.name === aim.exchange && aim.exchange !== '',
      )?.alternate;
      if (!alternate) return [];
      return [
        aim.way.viaAlternate
          ? consent(
              'alternate_exchange',
              `Nothing is bound to ${nameOf(aim)}: its alternate exchange ${aim.way.viaAlternate} takes the copies, to ${aim.queues.map((q) => q.name).join(', ')}, and the broker confirms them all the same.`,
            )
          : consent(
              'alternate_exchange',
              `Exchange ${aim.exchange} has the alternate ${alternate}: a copy that loses its way goes there and is confirmed, not returned.`,
            ),
      ];
    }),
  );

const limits: Rule = ({ aims, selected }) =>
  aims.flatMap((aim) =>
    aim.queues.flatMap(({ name, queue }) => {
      if (!queue) return [];
      const { maxLength, maxLengthBytes, overflow } = queue.limits;
      if (maxLength === null && maxLengthBytes === null) return [];
      const coming = aim.messages ?? selected;
      const room = maxLength === null ? null : maxLength - (queue.total ?? maxLength);
      const limit =
        maxLength === null ? `${count(maxLengthBytes ?? 0)} bytes` : `${count(maxLength)} messages`;
      if (overflow !== null && overflow !== 'drop-head')
        return room !== null && room < coming
          ? [
              note(
                'target_full',
                `${name} takes ${limit} and rejects more: what it rejects stays in the dead-letter queue.`,
              ),
            ]
          : [];
      // half: publishers fill it at the same time
      if (maxLengthBytes === null && room !== null && coming <= room / 2) return [];
      return [
        consent(
          'drop_head',
          `${name} takes ${limit} and then drops its oldest message for each new one, which the broker confirms without a word: live messages or copies could be lost.`,
        ),
      ];
    }),
  );

const idle: Rule = ({ aims }) =>
  aims.flatMap((aim) =>
    aim.queues.flatMap(({ name, queue }) =>
      queue?.consumers === 0
        ? [note('no_consumers', `${name} has no consumer now: the copies will wait there.`)]
        : [],
    ),
  );

const fanOut: Rule = ({ aims }) =>
  aims.flatMap((aim) =>
    aim.queues.length > 1
      ? [
          note(
            'fan_out',
            `${nameOf(aim)} reaches ${aim.queues.length} queues: each gets a copy, also those that had dealt with the message.`,
          ),
        ]
      : [],
  );

const transient: Rule = ({ chosen }) => {
  const n = chosen.filter((e) => e.transient).length;
  return n > 0
    ? [
        note(
          'transient',
          `${messages(n)} ${n === 1 ? 'is' : 'are'} not persistent: confirmed, yet lost when the broker restarts.`,
        ),
      ]
    : [];
};

const expiring: Rule = ({ chosen }) => {
  const n = chosen.filter((e) => e.expiration !== null && Number(e.expiration) < SMALL_EXPIRATION).length;
  return n > 0
    ? [
        note(
          'expiration_small',
          `${messages(n)} ${n === 1 ? 'expires' : 'expire'} within a minute of arriving, and would then be gone or dead again.`,
        ),
      ]
    : [];
};

const everlasting: Rule = ({ chosen }) => {
  const n = chosen.filter((e) => e.hadExpiration && e.expiration === null).length;
  return n > 0
    ? [
        note(
          'expiration_gone',
          `${messages(n)} had an expiration, which the broker took off when ${n === 1 ? 'it' : 'they'} died: the ${n === 1 ? 'copy does' : 'copies do'} not expire.`,
        ),
      ]
    : [];
};

const again: Rule = ({ chosen }) => {
  const repeated = chosen.filter((e) => e.sameDeaths > 1);
  const most = repeated.reduce((max, e) => Math.max(max, e.sameDeaths), 0);
  return repeated.length > 0
    ? [
        note(
          'died_before',
          `${messages(repeated.length)} died more than once in the same queue for the same reason, at most ${most} times.`,
        ),
      ]
    : [];
};

const beyond: Rule = ({ request, index }) =>
  request.select.kind !== 'all' && index.read > 0 && index.read < index.inQueue
    ? [
        note(
          'not_all_read',
          `Only the first ${count(index.read)} of ${count(index.inQueue)} messages are looked at. Replay these, then plan again.`,
        ),
      ]
    : [];

const rules: Rule[] = [
  nothingSelected,
  unreadable,
  others,
  targets,
  cannot,
  alternates,
  limits,
  again,
  gone,
  beyond,
  idle,
  fanOut,
  transient,
  expiring,
  everlasting,
];
const rank = { refuse: 0, consent: 1, note: 2 } as const;

/** All warnings, those that stop it first. */
export function warningsFor(input: WarningInput): PlanWarning[] {
  return unique(rules.flatMap((rule) => rule(input))).sort((a, b) => rank[a.level] - rank[b.level]);
}

function unique(warnings: PlanWarning[]): PlanWarning[] {
  const seen = new Set<string>();
  return warnings.filter((w) => !seen.has(w.words) && seen.add(w.words));
}
