/** Capture over a real broker and a real store, for one test file. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createManagementClient } from '../lib/broker/client.ts';
import { readClients } from '../lib/broker/clients.ts';
import { Cluster } from '../lib/broker/cluster.ts';
import { type Capture, createCapture } from '../lib/capture/capture.ts';
import { parseConfig } from '../lib/config.ts';
import type { Snapshot } from '../lib/model/broker.ts';
import type { Fact } from '../lib/model/fact.ts';
import type { Tap } from '../lib/model/live.ts';
import { factOf } from '../lib/store/fact-samples.ts';
import type { FactReader } from '../lib/store/facts.ts';
import { openFactReader } from '../lib/store/sqlite/fact-reader.ts';
import type { TestBroker } from './with-broker.ts';

export type Reach = Pick<TestBroker, 'amqp' | 'management' | 'user' | 'password' | 'vhost'>;

export interface Listening {
  capture: Capture;
  reader: FactReader;
  /** Of the test's vhost. */
  status(): Tap;
  /** Takes a snapshot and hands it to capture, as the poller would. */
  lookAgain(): Promise<Snapshot>;
  /** Resolves with the first answer that is neither empty nor false; fails after 20 s, naming `what`. */
  until<T>(look: () => T | Promise<T>, what?: string): Promise<NonNullable<T>>;
  /** A fact of our own in this vhost. */
  ownFact(change: Partial<Fact>): Fact;
  /** Ends the worker thread as a crash would. */
  killWorker(): Promise<void>;
  stop(): Promise<void>;
}

const workerFile = new URL('../lib/capture/worker.ts', import.meta.url);

export async function listenTo(
  broker: Reach,
  dir: string,
  settings: Record<string, string> = {},
): Promise<Listening> {
  const config = parseConfig({
    AMQP_URL: broker.amqp,
    MANAGEMENT_URL: broker.management,
    HOPLIGHT_DATA: dir,
    ...settings,
  });
  const { user, password } = config.service;
  const management = createManagementClient({ url: config.managementUrl, user, password });
  const workers: Worker[] = [];
  const capture = createCapture({
    config,
    management,
    cluster: new Cluster({
      management,
      url: config.managementUrl,
      clientAt: (url) => createManagementClient({ url, user, password }, { timeoutMs: 3_000 }),
      clock: Date.now,
    }),
    clients: () => readClients(management),
    clock: Date.now,
    startWorker(workerData) {
      const worker = new Worker(workerFile, { workerData });
      workers.push(worker);
      return worker;
    },
  });
  const reader = openFactReader(join(dir, 'facts'));
  await capture.start();

  return {
    capture,
    reader,
    status() {
      const tap = capture.status().taps.find((t) => t.vhost === broker.vhost);
      if (!tap) throw new Error(`no tap of ${broker.vhost}`);
      return tap;
    },
    async lookAgain() {
      const began = Date.now();
      const [overview, nodes, vhosts, queues, exchanges, bindings] = await Promise.all([
        management.overview(),
        management.nodes().catch(() => []),
        management.vhosts(),
        management.queueTotals(undefined, await management.policies()),
        management.exchanges(),
        management.bindings(),
      ]);
      const readAt = Date.now();
      const snapshot: Snapshot = {
        readAt,
        tookMs: readAt - began,
        cluster: null,
        version: overview.version ?? '',
        totals: overview.totals,
        nodes,
        vhosts,
        queues,
        exchanges,
        bindings,
        consumers: [],
        missing: [],
      };
      capture.topologyChanged(snapshot);
      return snapshot;
    },
    until: (look, what) => until(look, what),
    ownFact: (change) => factOf({ vhost: broker.vhost, at: Date.now(), source: 'replay', ...change }),
    async killWorker() {
      await workers.at(-1)?.terminate();
    },
    async stop() {
      await capture.stop();
      reader.close();
    },
  };
}

async function until<T>(look: () => T | Promise<T>, what = 'the state'): Promise<NonNullable<T>> {
  const end = Date.now() + 20_000;
  while (Date.now() < end) {
    const found = await look();
    if (found && !(Array.isArray(found) && found.length === 0)) return found;
    await delay(20);
  }
  throw new Error(`waited 20 s for ${what}`);
}
