/** A management API for tests of pace and failure, which a real broker does not misbehave for on cue. */

import type { ManagementClient } from '../lib/broker/client.ts';
import type { BareConsumer } from '../lib/broker/consumers.ts';
import type { Snapshot } from '../lib/model/broker.ts';
import { HoplightError } from '../lib/model/errors.ts';
import { consumer as consumerOf, node, snapshot } from './build.ts';

export interface FakeManagement extends ManagementClient {
  /** What the broker is now: change it between readings. */
  world: Pick<Snapshot, 'queues' | 'exchanges' | 'bindings' | 'nodes' | 'vhosts' | 'version'> & {
    consumers: BareConsumer[];
    /** Names of connections and channels that are open. */
    connections: string[];
    channels: string[];
    tags: string[];
    alarm: boolean;
  };
  /** Methods that fail, with the error they throw. */
  failing: Map<keyof ManagementClient, HoplightError>;
  /** Every call, in order. */
  calls: (keyof ManagementClient)[];
  /** Awaited before each answer: hold it back to see what happens meanwhile. */
  hold: (method: keyof ManagementClient) => Promise<void>;
}

export const away = () =>
  new HoplightError('management_unreachable', 'Nothing listens.', { next: 'Start the broker.' });

export function bareConsumer(tag: string, queue: string, more: Partial<BareConsumer> = {}): BareConsumer {
  const { client: _client, unacked, deliverRate, ackRate, connectedAt, ...bare } = consumerOf(tag, queue);
  const connection = more.connection ?? bare.connection;
  return { ...bare, channelName: `${connection} (${more.channel ?? bare.channel})`, ...more };
}

export function fakeManagement(): FakeManagement {
  const fake: FakeManagement = {
    world: {
      ...snapshot({ nodes: [node()] }),
      consumers: [],
      connections: [],
      channels: [],
      tags: ['administrator'],
      alarm: false,
    },
    failing: new Map(),
    calls: [],
    hold: () => Promise.resolve(),
    overview: () =>
      answer('overview', () => {
        const { version, queues } = fake.world;
        const total = queues.reduce((sum, q) => sum + (q.total ?? 0), 0);
        const totals = { ...snapshot().totals, ready: total, total };
        return { version, cluster: 'rabbit@one', node: 'rabbit@one', totals, rates: true, listeners: [] };
      }),
    listeners: () => answer('listeners', () => []),
    nodes: () => answer('nodes', () => fake.world.nodes),
    vhosts: () => answer('vhosts', () => fake.world.vhosts),
    queues: () => answer('queues', () => fake.world.queues),
    queueTotals: () =>
      answer('queueTotals', () =>
        fake.world.queues.map((q) => ({
          ...q,
          consumers: null,
          rates: { publish: null, deliver: null, ack: null, redeliver: null },
        })),
      ),
    queueStates: () =>
      answer('queueStates', () =>
        fake.world.queues.map((q) => ({ ...q, ready: null, unacked: null, total: null, consumers: null })),
      ),
    queue: () => answer('queue', () => missing()),
    exchanges: () => answer('exchanges', () => fake.world.exchanges),
    bindings: () => answer('bindings', () => fake.world.bindings),
    policies: () => answer('policies', () => []),
    consumers: () => answer('consumers', () => fake.world.consumers),
    channels: () =>
      answer('channels', () =>
        fake.world.channels.map((name) => ({
          name,
          unacked: 0,
          deliverRate: 0,
          ackRate: 0,
          globalPrefetch: 0,
          counts: { acked: 0, delivered: 0, pushed: 0 },
        })),
      ),
    connections: () =>
      answer('connections', () =>
        fake.world.connections.map((name) => ({
          name,
          vhost: '/',
          node: 'rabbit@one',
          user: 'app',
          client: { name: null, product: null, version: null, platform: null },
          connectedAt: 0,
          state: 'running',
        })),
      ),
    whoami: () => answer('whoami', () => ({ name: 'hoplight', tags: fake.world.tags })),
    userPermissions: () => answer('userPermissions', () => []),
    setTracing: () => answer('setTracing', () => undefined),
    alarms: () => answer('alarms', () => fake.world.alarm),
  };
  async function answer<T>(method: keyof ManagementClient, give: () => T): Promise<T> {
    fake.calls.push(method);
    await fake.hold(method);
    const error = fake.failing.get(method);
    if (error) throw error;
    return give();
  }
  return fake;
}

function missing(): never {
  throw new HoplightError('not_found', 'The broker has no such queue.');
}

/** Time that passes only when told to, for a poller: `pause()` gives the ms it would sleep, `pass()` lets them pass. */
export function handTime(start = 1_000_000) {
  let now = start;
  let sleeping: { ms: number; wake: () => void } | null = null;
  let noticed: (() => void) | null = null;
  return {
    clock: () => now,
    set: (at: number) => {
      now = at;
    },
    wait: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal.aborted) return resolve();
        sleeping = { ms, wake: resolve };
        signal.addEventListener('abort', () => resolve(), { once: true });
        noticed?.();
      }),
    /** Waits until the poller sleeps. */
    async pause(): Promise<number> {
      while (sleeping === null)
        await new Promise<void>((resolve) => {
          noticed = resolve;
        });
      return sleeping.ms;
    },
    /** Wakes it after its time, and waits until it sleeps again. */
    async pass(): Promise<number> {
      const ms = await this.pause();
      const current = sleeping;
      sleeping = null;
      now += ms;
      current?.wake();
      return this.pause();
    },
    /** As `pass`, until at least `ms` have gone by. */
    async passFor(ms: number): Promise<void> {
      const end = now + ms;
      while (now < end) await this.pass();
    },
    /** For a wake-up from outside (refresh, stop): forget that it slept. */
    woken() {
      sleeping = null;
    },
  };
}
