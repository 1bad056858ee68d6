import { describe, expect, it } from 'vitest';
import type { Overview } from '@/lib/model/api';
import type { Attention, Point, QueueRow } from '@/lib/model/live';
import { alike, changeOf, scoped, sumOf } from './view.ts';

const queue = (ready: number | null, publish: number | null): QueueRow => ({
  vhost: '/',
  name: 'q',
  type: 'quorum',
  durable: true,
  autoDelete: false,
  exclusive: false,
  state: null,
  node: null,
  ready,
  unacked: 0,
  total: ready,
  consumers: 0,
  utilisation: null,
  rates: { publish, deliver: 0, ack: 0, redeliver: 0 },
  policy: null,
  arguments: {},
  deadLetter: null,
  limits: { maxLength: null, maxLengthBytes: null, overflow: null, deliveryLimit: null, messageTtlMs: null },
  bytes: null,
  idleSince: null,
  spark: [],
  attention: null,
});

describe('sumOf', () => {
  it('adds what is known', () => {
    expect(sumOf([queue(1, 2), queue(3, 4)])).toMatchObject({
      totals: { ready: 4, publish: 6, ack: 0 },
      unknown: 0,
    });
    expect(sumOf([])).toMatchObject({ totals: { ready: 0 }, unknown: 0 });
  });
  it('says how many are missing from the sums, and does not make 0 of nothing known', () => {
    expect(sumOf([queue(1, 2), queue(null, 4)])).toMatchObject({
      totals: { ready: 1, publish: 6 },
      unknown: 1,
    });
    expect(sumOf([queue(null, 4)])).toMatchObject({ totals: { ready: null, publish: 4 }, unknown: 1 });
  });
});

it('measures a change between known points only', () => {
  const at = (ready: number | null, i: number): Point => ({
    at: i,
    ready,
    unacked: null,
    publish: null,
    deliver: null,
    ack: null,
    redeliver: null,
    consumers: null,
  });
  expect(changeOf([null, 5, null, 9, null].map(at), 'ready')).toBe(4);
  expect(changeOf([null, 5].map(at), 'ready')).toBeNull();
  expect(changeOf([], 'unacked')).toBeNull();
});

describe('what follows from a cause', () => {
  const symptom = (vhost: string, queue: string, words: string) => ({ vhost, queue, words });
  const down = [symptom('/', 'a', 'down'), symptom('/', 'b', 'grows'), symptom('other', 'c', 'down')];

  it('says the same of several queues once, and of the broker without a queue', () => {
    expect(alike([...down, symptom('', '', 'blocked')])).toEqual([
      { words: 'down', queues: [down[0], down[2]] },
      { words: 'grows', queues: [down[1]] },
      { words: 'blocked', queues: [] },
    ]);
  });

  it('of a node shows the symptoms of the chosen vhost, and not how many were left out of all', () => {
    const node: Attention = {
      code: 'node_down',
      level: 'dead',
      vhost: '',
      queue: '',
      words: 'Node b is not running',
      figure: '',
      since: null,
      symptoms: down,
      moreSymptoms: 7,
    };
    const overview: Overview = {
      freshness: 'live',
      readAt: 0,
      since: null,
      reason: null,
      cluster: null,
      version: null,
      nodes: [],
      totals: { ready: 0, unacked: 0, total: 0, publish: 0, deliver: 0, ack: 0, redeliver: 0 },
      attention: [node],
      history: [],
      topQueues: [],
      deadLetters: { causes: [], total: 0 },
      died: [],
      acts: [],
      missing: [],
    };
    const [line] = scoped(overview, '/').attention;
    expect(line?.symptoms).toEqual(down.slice(0, 2));
    expect(line?.moreSymptoms).toBeUndefined();
  });
});
