/** A run's result as Markdown, and its place in README.md. Pure. */

import { aims, type BenchResult, type HttpTimes, type Part, type RouteScripts } from './result.ts';
import { round, type Spread } from './statistics.ts';
import { manyRows, pageRows } from './table-many.ts';

const kb = (bytes: number) => `${Math.round(bytes / 1024).toLocaleString('en')} KB`;
const mb = (bytes: number) => `${Math.round(bytes / 1024 / 1024).toLocaleString('en')} MB`;
export const ms = (spread: Spread) => `p50 ${spread.p50} ms, p95 ${spread.p95} ms (${spread.n})`;

const cell = (text: string) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');

export interface Row {
  what: string;
  figure: string;
  aim?: { words: string; met: boolean };
}

function rowsOf<T>(what: string, part: Part<T>, rows: (value: T) => Row[]): Row[] {
  return part.measured ? rows(part.value) : [{ what, figure: `not measured: ${part.why}` }];
}

function httpRow({ path, ours, bytes, peer }: HttpTimes): Row {
  const theirs = peer
    ? `; management API \`${peer.path}\` ${ms(peer.times)}, ${kb(peer.bytes)}: **${peer.ratio}** of its p50`
    : '';
  return { what: `\`GET ${path}\` under demo traffic`, figure: `${ms(ours)}, ${kb(bytes)}${theirs}` };
}

/** All pages in one row; in brackets with what comes later, where that is more. */
function firstLoadRow(routes: readonly RouteScripts[]): Row {
  const one = ({ route, firstLoad, all }: RouteScripts) =>
    `\`${route}\` ${kb(firstLoad)}${kb(all) === kb(firstLoad) ? '' : ` (${kb(all)})`}`;
  return {
    what: 'JavaScript that a page needs on a first visit, gzip (with charts and what else comes later)',
    figure: routes.map(one).join(', '),
    aim: {
      words: `≤ ${aims.firstLoadKb} KB`,
      met: routes.every(({ firstLoad }) => Math.round(firstLoad / 1024) <= aims.firstLoadKb),
    },
  };
}

/** Every figure with its aim; the machine and versions in the line above. */
export function table(r: BenchResult): string {
  const { machine: m, versions: v } = r;
  const rows: Row[] = [
    ...rowsOf('JavaScript of a first visit', r.firstLoad, ({ routes, left }) => [
      ...(routes.length === 0 ? [] : [firstLoadRow(routes)]),
      ...left.map(({ route, why }): Row => ({ what: `\`${route}\``, figure: `not measured: ${why}` })),
    ]),
    ...rowsOf('Memory at rest', r.memory, (memory) => [
      {
        what: 'Memory at rest (server and capture worker, resident)',
        figure:
          mb(memory.atRest) +
          (memory.atRestAnonymous === null ? '' : `, ${mb(memory.atRestAnonymous)} without mapped files`),
        aim: {
          words: `≤ ${aims.memoryMb} MB`,
          met: Math.round(memory.atRest / 1024 / 1024) <= aims.memoryMb,
        },
      },
      ...(memory.afterTraffic === null
        ? []
        : [
            {
              what: 'Memory at the end of the run',
              figure:
                mb(memory.afterTraffic) +
                (memory.atRestAgain === null ? '' : `; ${mb(memory.atRestAgain)} at rest again`),
            },
          ]),
    ]),
    ...rowsOf('From publish to the journey', r.journey, ({ ours, plain, missed }) =>
      [
        { what: 'From `POST /api/publish` to the journey with its delivery', spread: ours },
        { what: 'From a plain client’s publish with `X-Trace-ID` to the same', spread: plain },
      ].map(({ what, spread }, i) => ({
        what,
        figure: ms(spread) + (i === 0 && missed > 0 ? `; ${missed} not shown in time` : ''),
        aim: { words: `p95 < ${aims.journeyP95Ms} ms`, met: spread.p95 < aims.journeyP95Ms && missed === 0 },
      })),
    ),
    ...rowsOf('HTTP under demo traffic', r.http, (list) => list.map(httpRow)),
    ...rowsOf('Replay', r.replay, (t) => [
      ...t.races.map(({ type, oursPerSecond, shovelPerSecond, ratio }) => ({
        what: `Replay of ${count(t.messages)} dead letters of ${t.bodyBytes} bytes, confirmed and journalled, ${type}`,
        figure: `${count(oursPerSecond)} a second; the broker’s shovel, on-confirm, ${count(shovelPerSecond)}: **${ratio}** of its rate`,
        aim: { words: '≥ 1.0', met: ratio >= 1 },
      })),
      {
        what: `${count(t.filtered.selected)} of ${count(t.filtered.of)} by a filter, classic`,
        figure: `found in ${seconds(t.filtered.planMs)}, replayed in ${seconds(t.filtered.runMs)}`,
      },
    ]),
    ...rowsOf('Cost of watching', r.overview, manyRows),
    ...rowsOf('Pages at 10,000 queues', r.pages, pageRows),
  ];
  const lines = rows.map(
    ({ what, figure, aim }) =>
      `| ${cell(what)} | ${cell(figure)} | ${aim ? `${aim.words} ${aim.met ? '✓' : '**missed**'}` : ''} |`,
  );
  return [
    `Measured ${r.at.slice(0, 10)}${r.commit ? ` at ${r.commit}` : ''} by \`script/bench\` on ${m.cores} cores (${m.cpu}), ` +
      `${round(m.memoryBytes / 2 ** 30)} GiB, ${m.system}, kernel ${m.kernel}; Node ${v.node}, RabbitMQ ${v.rabbitmq}` +
      `${v.chromium ? `, Chromium ${v.chromium}` : ''}. Broker, demo, application and clients share these cores; load average before ${m.loadBefore}.`,
    '',
    '| what | figure | aim |',
    '|---|---|---|',
    ...lines,
  ].join('\n');
}

export const markers = { begin: '<!-- bench: begin -->', end: '<!-- bench: end -->' } as const;

/** The text with `inner` between the markers; throws when they are not both there, once and in order. */
export function withTable(text: string, inner: string): string {
  const begin = text.indexOf(markers.begin);
  const end = text.indexOf(markers.end);
  if (begin < 0 || end < begin || text.indexOf(markers.begin, begin + 1) >= 0)
    throw new Error(`needs ${markers.begin} and ${markers.end} once each`);
  return `${text.slice(0, begin + markers.begin.length)}\n\n${inner}\n\n${text.slice(end)}`;
}

export const count = (n: number) => n.toLocaleString('en');
const seconds = (ms: number) => `${round(ms / 1_000)} s`;
