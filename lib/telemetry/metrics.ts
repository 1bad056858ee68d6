/** Figures for Prometheus. Read when asked for, never kept beside their source; what is not known gives no sample, not 0. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import {
  type AmqpStatus,
  amqpStates,
  type CaptureCounts,
  type freshness,
  type StoreStatus,
  type Tap,
  tapStates,
} from '../model/live.ts';

export interface Readings {
  taps: readonly Tap[];
  capture: CaptureCounts;
  store: StoreStatus;
  amqp: AmqpStatus;
  /** Spans that services sent. */
  otlp: { received: number; accepted: number; rejected: Readonly<Record<string, number>> };
  /** Hops given back as spans; null where that is off. */
  giveBack: {
    sent: number;
    waiting: number;
    dropped: Readonly<Record<string, number>>;
    journeysLeftOut: number;
  } | null;
  /** When the snapshot was read, ms since 1970; null before the first. */
  snapshotReadAt: number | null;
  freshness: (typeof freshness)[number];
}

export interface Metrics {
  contentType: string;
  /** The exposition text of all figures. */
  text(): Promise<string>;
  /** `outcome`: confirmed, returned, rejected, unknown, or the code of the problem. */
  countPublish(outcome: string): void;
  countReplayed(outcome: string, messages?: number): void;
}

/** `read` is asked at each scrape; it throws while the application is not up, then only our own counters are given. */
export function createMetrics(read: () => Readings, clock: () => number): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  let readings: Readings | null = null;
  const gauge = <L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    fill: (gauge: Gauge<L>, readings: Readings) => void,
  ) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        if (readings) fill(this, readings);
        else if (labelNames.length === 0) this.remove(); // with labels, the reset left no sample
      },
    });
  /** A count kept elsewhere, shown with the type counter so that rate() understands its restarts. */
  const counter = <L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    fill: (counter: Counter<L>, readings: Readings) => void,
  ) =>
    new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        if (readings) fill(this, readings);
        else if (labelNames.length === 0) this.remove(); // with labels, the reset left no sample
      },
    });

  counter('hoplight_capture_received_total', 'Events that the taps received', [], (c, r) =>
    c.inc(r.capture.received),
  );
  counter('hoplight_capture_stored_total', 'Events stored as facts', [], (c, r) => c.inc(r.capture.stored));
  counter('hoplight_capture_dropped_total', 'Events dropped, by reason', ['reason'], (c, r) => {
    for (const [reason, count] of Object.entries(r.capture.dropped)) c.inc({ reason }, count);
  });
  gauge('hoplight_capture_in_memory', 'Events received and not stored yet', [], (g, r) =>
    g.set(r.capture.inMemory),
  );
  gauge('hoplight_tap_state', '1 for the state that the tap of a vhost is in', ['vhost', 'state'], (g, r) => {
    for (const { vhost, state: now } of r.taps) {
      for (const state of tapStates) g.set({ vhost, state }, state === now ? 1 : 0);
    }
  });
  gauge('hoplight_amqp_state', '1 for the state that the service connection is in', ['state'], (g, r) => {
    for (const state of amqpStates) g.set({ state }, state === r.amqp.state ? 1 : 0);
  });
  counter('hoplight_otlp_spans_received_total', 'Spans that services sent', [], (c, r) =>
    c.inc(r.otlp.received),
  );
  counter('hoplight_otlp_spans_accepted_total', 'Spans handed to the store', [], (c, r) =>
    c.inc(r.otlp.accepted),
  );
  counter('hoplight_otlp_spans_rejected_total', 'Spans refused, by reason', ['reason'], (c, r) => {
    for (const [reason, count] of Object.entries(r.otlp.rejected)) c.inc({ reason }, count);
  });
  counter('hoplight_give_back_spans_sent_total', 'Hops given back as spans', [], (c, r) => {
    if (r.giveBack) c.inc(r.giveBack.sent);
    else c.remove();
  });
  counter('hoplight_give_back_spans_dropped_total', 'Hops not given back, by reason', ['reason'], (c, r) => {
    for (const [reason, count] of Object.entries(r.giveBack?.dropped ?? {})) c.inc({ reason }, count);
  });
  counter(
    'hoplight_give_back_journeys_left_out_total',
    'Journeys whose hops were not given, since too many changed at a time or they could not be read',
    [],
    (c, r) => {
      if (r.giveBack) c.inc(r.giveBack.journeysLeftOut);
      else c.remove();
    },
  );
  gauge('hoplight_give_back_spans_waiting', 'Spans that wait to be given back', [], (g, r) => {
    if (r.giveBack) g.set(r.giveBack.waiting);
    else g.remove();
  });
  gauge('hoplight_store_facts', 'Facts in the store', [], (g, r) => g.set(r.store.facts));
  gauge('hoplight_store_bytes', 'Bytes that the facts take on disk', [], (g, r) => g.set(r.store.bytes));
  gauge('hoplight_store_limit_bytes', 'Bytes at which the oldest facts go', [], (g, r) =>
    g.set(r.store.limitBytes),
  );
  gauge('hoplight_store_ok', '1 when the store takes facts', [], (g, r) => g.set(r.store.ok ? 1 : 0));
  gauge('hoplight_snapshot_age_seconds', 'Age of the last reading of the management API', [], (g, r) => {
    if (r.snapshotReadAt === null) g.remove();
    else g.set(Math.max(0, clock() - r.snapshotReadAt) / 1000);
  });
  gauge('hoplight_snapshot_live', '1 when the broker was read within the last seconds', [], (g, r) =>
    g.set(r.freshness === 'live' ? 1 : 0),
  );
  const publishes = new Counter({
    name: 'hoplight_publishes_total',
    help: 'Publishes, by outcome: confirmed, returned, rejected, unknown, or the code of the problem',
    labelNames: ['outcome'],
    registers,
  });
  const replayed = new Counter({
    name: 'hoplight_replayed_messages_total',
    help: 'Messages of replay jobs, by outcome',
    labelNames: ['outcome'],
    registers,
  });

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
    countReplayed: (outcome, messages = 1) => replayed.inc({ outcome }, messages),
  };
}
