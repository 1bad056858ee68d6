/** Replays with the real capture behind them and a service that consumes, so that tests see what becomes of copies. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConsumeMessage, connect } from 'amqplib';
import { tapView } from '../lib/capture/tap-view.ts';
import { WHOLE_TAP } from '../lib/config.ts';
import { assemble } from '../lib/journey/assemble.ts';
import type { Snapshot } from '../lib/model/broker.ts';
import { createOtlp, type Otlp } from '../lib/otlp/receive.ts';
import type { ReplayDeps, Replays } from '../lib/replay/replays.ts';
import { type Listening, listenTo } from './with-capture.ts';
import { type Reach, type ReplayBench, replayBench } from './with-replays.ts';

export interface WatchedBench extends ReplayBench {
  tap: Listening;
  /** Stops the replays and starts them again, as a restart of the process would: over the same store. */
  again(): Promise<Replays>;
  /** Consumes until it is stopped. What `verdict` says of a message: done with a span, acknowledged without one, rejected. */
  service(
    queue: string,
    verdict: (message: ConsumeMessage) => 'span' | 'ack' | 'reject',
  ): Promise<{ stop(): Promise<void> }>;
}

export async function watchedBench(broker: Reach, more: Partial<ReplayDeps> = {}): Promise<WatchedBench> {
  const dir = mkdtempSync(join(tmpdir(), 'hoplight-watched-'));
  const tap = await listenTo(broker, dir);
  let snapshot: Snapshot | null = null;
  const refresh = async () => {
    snapshot = await tap.lookAgain();
  };
  await refresh();
  const deps: Partial<ReplayDeps> = {
    snapshot: () => snapshot,
    refresh,
    record: (facts) => tap.capture.record(facts),
    ownConnection: (name, there) => tap.capture.ownConnection(name, there),
    firehoseTellsReads: () => true,
    tap: (vhost) => tapView(tap.capture, WHOLE_TAP, vhost),
    readHops: (journey) => assemble(tap.reader.journeyFacts(journey, 2_000), []).hops,
    ...more,
  };
  const bench = await replayBench(broker, deps);
  const listen = (replays: Replays) => {
    tap.capture.onReplayFacts((facts) => replays.noteFacts(facts));
    tap.capture.onSpans((journeys) => replays.noteSpans(journeys));
  };
  listen(bench.replays);
  const others: ReplayBench[] = [];
  await tap.until(() => tap.status().state === 'on', 'the tap');
  const otlp = createOtlp({
    limitBytes: 1_048_576,
    vhost: broker.vhost,
    record: (facts) => tap.capture.record(facts),
    waiting: () => 0,
    clock: Date.now,
  });

  return {
    ...bench,
    tap,
    async service(queue, verdict) {
      const connection = await connect(broker.amqp);
      const channel = await connection.createChannel();
      await channel.prefetch(50);
      await channel.consume(queue, (message) => {
        if (!message) return;
        const said = verdict(message);
        if (said === 'reject') channel.reject(message, false);
        else channel.ack(message);
        if (said === 'span') void sendSpan(otlp, queue, message);
      });
      return { stop: () => connection.close() };
    },
    async again() {
      await bench.replays.stop();
      const next = await replayBench(broker, { ...deps, state: bench.state });
      others.push(next);
      listen(next.replays);
      next.replays.recoverAfterStart();
      return next.replays;
    },
    async close() {
      for (const other of others) await other.close();
      await bench.close();
      await tap.stop();
      rmSync(dir, { recursive: true });
    },
  };
}

let spans = 0;

/** A consumer's span as OTLP/JSON, below the producer's that the message's traceparent names. */
async function sendSpan(otlp: Otlp, queue: string, { properties }: ConsumeMessage): Promise<void> {
  const [, traceId, parentSpanId] = String(properties.headers?.traceparent ?? '').split('-');
  const now = BigInt(Date.now()) * 1_000_000n;
  const span = {
    traceId,
    spanId: (++spans).toString(16).padStart(16, 'a'),
    parentSpanId,
    name: `${queue} process`,
    kind: 5,
    startTimeUnixNano: String(now),
    endTimeUnixNano: String(now + 3_000_000n),
    attributes: Object.entries({
      'messaging.system': 'rabbitmq',
      'messaging.operation.type': 'process',
      'messaging.destination.name': queue,
    }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'billing' } }] };
  const body = { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] };
  await otlp.receive(Buffer.from(JSON.stringify(body)), 'json', false);
}
