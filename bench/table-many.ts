/** Rows of the table about thousands of queues. Pure. */
import { aims, type Cost, type OverviewResults, type PageResults, type PartCost } from './result.ts';
import { count, ms, type Row } from './table.ts';

const seconds = (ms: number) => Math.round(ms / 100) / 10;
const each = (cost: Cost) => `${cost.broker.perRefresh} ms each ${seconds(cost.everyMs)} s`;
const shareOf = (ratio: number | null) => (ratio === null ? 'not to be said' : `**${ratio}**`);

/** The dearest first. */
const partWords = (parts: readonly PartCost[]) =>
  parts
    .toSorted((a, b) => (b.brokerMs ?? 0) - (a.brokerMs ?? 0))
    .map(({ part, brokerMs, everyMs }) => {
      const cost = `${part} ${brokerMs === null ? 'not answered' : `${brokerMs} ms`}`;
      return everyMs === null ? cost : `${cost} each ${seconds(everyMs)} s`;
    })
    .join(', ');

/** Processor time; `of its` names what ours is compared with. */
export function manyRows({ costs, left }: OverviewResults): Row[] {
  const rows = costs.flatMap(
    ({ queues, idlePerMinute, management, sorted, all, one, fifty, ratios, parts }): Row[] => [
      {
        what: `Processor time of the broker for a refresh of ${count(queues)} queues`,
        figure:
          `${each(one)}; the management UI’s page of 100 ${each(management)}: ${shareOf(ratios.perRefresh)} of its refresh, ` +
          `${shareOf(ratios.perMinute)} of its minute; sorted by messages ${each(sorted)}: ` +
          `${shareOf(ratios.sortedPerRefresh)} and ${shareOf(ratios.sortedPerMinute)}; ` +
          `all rows, in pages of 500, ${each(all)}: ${shareOf(ratios.allPerRefresh)} and ${shareOf(ratios.allPerMinute)} ` +
          `(taken away from each: what it takes by itself, before and after ${idlePerMinute.map((n) => count(n)).join(' and ')} ms a minute)`,
        aim: {
          words: `≤ ${aims.overviewRatio} of a refresh`,
          met: ratios.perRefresh !== null && ratios.perRefresh <= aims.overviewRatio,
        },
      },
      { what: `What each question costs it, with ${count(queues)} queues`, figure: partWords(parts) },
      {
        what: `The same with fifty viewers of ${count(queues)} queues`,
        figure:
          `${shareOf(ratios.fiftyToOne)} of one viewer’s; our server ${one.app?.perMinute} ms a minute with one, ` +
          `${fifty.app?.perMinute} ms with fifty`,
        aim: {
          words: `≤ ${aims.fiftyToOne}`,
          met: ratios.fiftyToOne !== null && ratios.fiftyToOne <= aims.fiftyToOne,
        },
      },
    ],
  );
  return [
    ...rows,
    ...left.map(({ queues, why }) => ({
      what: `Processor time of the broker for a refresh of ${count(queues)} queues`,
      figure: `not measured: ${why}`,
    })),
  ];
}

const percent = (share: number) => `${Math.round(share * 1_000) / 10} %`;

export function pageRows({ queues, pages, left, list }: PageResults): Row[] {
  const { scroll, plain } = list;
  return [
    {
      what: `Queues page at ${count(queues)} queues, to the first live row`,
      figure: ms(list.firstRowMs),
      aim: { words: `p50 < ${aims.firstRowMs} ms`, met: list.firstRowMs.p50 < aims.firstRowMs },
    },
    {
      what: 'The same page scrolled, from frame to frame',
      figure:
        `p50 ${scroll.p50} ms, p95 ${scroll.p95} ms, ${percent(scroll.lateShare)} late; ` +
        `${scroll.longTasks.length} tasks over 50 ms; ${list.rows} rows in the document; ` +
        `a bare page of as many plain rows p95 ${plain.p95} ms, ${percent(plain.lateShare)} late: ` +
        `**${Math.round((scroll.p95 / plain.p95) * 100) / 100}** of its p95`,
      aim: { words: `p95 ≤ ${aims.frameMs} ms`, met: scroll.p95 <= aims.frameMs },
    },
    {
      what: 'From a key in its filter to the rows; from a click on a head',
      figure:
        `${ms(list.filterMs)}; ${ms(list.sortMs)}; slowest input to its next paint ` +
        `${list.slowestInputMs === null ? 'under 16 ms' : `${list.slowestInputMs} ms`}`,
    },
    {
      what: `Pages at ${count(queues)} queues, to their figures (of it, processor time of the page)`,
      figure: pages.map((p) => `\`${p.route}\` ${p.liveMs.p50} ms (${p.threadMs.p50})`).join(', '),
    },
    ...left.map(({ route, why }): Row => ({ what: `\`${route}\``, figure: `not measured: ${why}` })),
  ];
}
