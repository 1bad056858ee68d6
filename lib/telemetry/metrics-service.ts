/** Figures of the application itself: what it heard, what it keeps, whether it is in order. */
import {
  type AmqpStatus,
  amqpStates,
  type CaptureCounts,
  type freshness,
  type StoreStatus,
  type Tap,
  tapStates,
} from '../model/live.ts';
import type { Figures } from './figures.ts';

export interface ServiceReadings {
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

export function serviceFigures({ gauge, counter }: Figures<ServiceReadings>, clock: () => number): void {
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
}
