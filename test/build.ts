/** Small pieces of a snapshot for tests: each gives a plain healthy thing; name only what the test is about. */
import type {
  Binding,
  Consumer,
  ConsumerRow,
  Exchange,
  GoneConsumer,
  Node,
  Queue,
  Snapshot,
} from '../lib/model/broker.ts';

export function queue(name: string, more: Partial<Queue> = {}): Queue {
  return {
    vhost: '/',
    name,
    type: 'classic',
    durable: true,
    autoDelete: false,
    exclusive: false,
    state: 'running',
    node: 'rabbit@one',
    ready: 0,
    unacked: 0,
    total: 0,
    consumers: 1,
    utilisation: 1,
    rates: { publish: 0, deliver: 0, ack: 0, redeliver: 0 },
    policy: null,
    arguments: {},
    deadLetter: null,
    limits: {
      maxLength: null,
      maxLengthBytes: null,
      overflow: null,
      deliveryLimit: null,
      messageTtlMs: null,
    },
    bytes: 0,
    idleSince: null,
    ...more,
  };
}

export function exchange(name: string, type = 'direct', more: Partial<Exchange> = {}): Exchange {
  return {
    vhost: '/',
    name,
    type,
    durable: true,
    internal: false,
    alternate: null,
    policy: null,
    ...more,
  };
}

export function binding(
  source: string,
  routingKey: string,
  destination: string,
  more: Partial<Binding> = {},
): Binding {
  return { vhost: '/', source, destination, destinationType: 'queue', routingKey, arguments: {}, ...more };
}

export function consumer(tag: string, queueName: string, more: Partial<Consumer> = {}): Consumer {
  return {
    vhost: '/',
    queue: queueName,
    tag,
    connection: '10.0.0.2:50000 -> 10.0.0.1:5672',
    channel: 1,
    peer: '10.0.0.2:50000',
    user: 'app',
    client: { name: null, product: null, version: null, platform: null },
    prefetch: 10,
    ackRequired: true,
    exclusive: false,
    active: true,
    activity: 'up',
    unacked: 0,
    deliverRate: 0,
    ackRate: 0,
    connectedAt: 0,
    ...more,
  };
}

export function consumerRow(tag: string, queueName: string, more: Partial<ConsumerRow> = {}): ConsumerRow {
  return {
    ...consumer(tag, queueName),
    condition: 'working',
    words: '',
    since: null,
    oldestUnacked: null,
    ...more,
  };
}

export function goneConsumer(tag: string, queueName: string, more: Partial<GoneConsumer> = {}): GoneConsumer {
  return {
    ...consumer(tag, queueName),
    lastSeenAt: 0,
    goneAt: 1,
    how: 'connection',
    cause: 'connection ended',
    code: null,
    source: 'deduced',
    reason: '',
    check: '',
    ...more,
  };
}

export function node(name = 'rabbit@one', more: Partial<Node> = {}): Node {
  return {
    name,
    running: true,
    memoryUsed: 100,
    memoryLimit: 1000,
    diskFree: 1000,
    diskFreeLimit: 10,
    memoryAlarm: false,
    diskAlarm: false,
    uptimeMs: 86_400_000,
    ...more,
  };
}

export function snapshot(more: Partial<Snapshot> = {}): Snapshot {
  return {
    readAt: 0,
    tookMs: 10,
    cluster: 'rabbit@one',
    version: '4.3.6',
    totals: { ready: 0, unacked: 0, total: 0, publish: 0, deliver: 0, ack: 0, redeliver: 0 },
    nodes: [node()],
    vhosts: [{ name: '/', tracing: false }],
    queues: [],
    exchanges: [],
    bindings: [],
    consumers: [],
    missing: [],
    ...more,
  };
}
