/**
 * Figures for Prometheus (docs/metrics.md). Read when asked for, never kept beside their source but for a few counts of this
 * process; what is not known gives no sample, not 0.
 */
import { Counter, collectDefaultMetrics, Registry } from 'prom-client';
import type { GoneConsumer } from '../model/broker.ts';
import { attentionSchema } from '../model/live.ts';
import { type ReplayOutcome, replayActs, replayOutcomes } from '../model/replay.ts';
import { createFigures } from './figures.ts';
import { Losses } from './losses.ts';
import { type MessageReadings, messageFigures, type Tallies } from './metrics-messages.ts';
import { type ServiceReadings, serviceFigures } from './metrics-service.ts';
import { Tally } from './tally.ts';

export interface Readings extends ServiceReadings, MessageReadings {}

export interface Metrics {
  contentType: string;
  /** The exposition text of all figures. */
  text(): Promise<string>;
  /** `outcome`: confirmed, returned, rejected, unknown, or the code of the problem. */
  countPublish(outcome: string): void;
  /** A message of a job is counted once at each outcome that it reaches. */
  countReplayed(act: string, outcome: string, messages: number): void;
  countDeaths(deaths: readonly { vhost: string; queue: string; reason: string; count: number }[]): void;
  /** After a reading: all consumers that are known to have gone. */
  lookAtLosses(gone: readonly GoneConsumer[], readAt: number): void;
}

/** A message on its way has no outcome yet. */
const underWay: ReadonlySet<ReplayOutcome> = new Set(['waiting', 'sending']);
/** Lines of one counter; queues beyond them are counted as `other`. */
export const MOST_LINES = 500;

/** `read` is asked at each scrape; it throws while the application is not up, then only our own counters are given. */
export function createMetrics(read: () => Readings, clock: () => number): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  let readings: Readings | null = null;
  const figures = createFigures(registry, () => readings);
  const tallies: Tallies = { deaths: new Tally(MOST_LINES, clock), losses: new Tally(MOST_LINES, clock) };
  const losses = new Losses(tallies.losses, clock());
  serviceFigures(figures, clock);
  messageFigures(figures, tallies, attentionSchema.shape.code.options);
  const publishes = new Counter({
    name: 'hoplight_publishes_total',
    help: 'Publishes, by outcome: confirmed, returned, rejected, unknown, or the code of the problem',
    labelNames: ['outcome'],
    registers,
  });
  const replayed = new Counter({
    name: 'hoplight_replayed_messages_total',
    help: 'Messages of replay jobs, by act and by each outcome that they reach',
    labelNames: ['act', 'outcome'],
    registers,
  });

  // lines that are there from the beginning, so that their first count shows in increase()
  for (const outcome of ['confirmed', 'returned', 'rejected', 'unknown']) publishes.inc({ outcome }, 0);
  for (const act of replayActs)
    for (const outcome of replayOutcomes) if (!underWay.has(outcome)) replayed.inc({ act, outcome }, 0);

  return {
    contentType: registry.contentType,
    text() {
      try {
        readings = read();
      } catch {
        readings = null;
      }
      return registry.metrics();
    },
    countPublish: (outcome) => publishes.inc({ outcome }),
    countReplayed: (act, outcome, messages) => replayed.inc({ act, outcome }, messages),
    countDeaths(deaths) {
      for (const { count, ...labels } of deaths) tallies.deaths.add(labels, count);
    },
    lookAtLosses: (gone, readAt) => losses.look(gone, readAt),
  };
}
