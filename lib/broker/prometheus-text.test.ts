import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { queueKey } from '../model/broker.ts';
import { labelTexts, readSeries } from './prometheus-text.ts';
import { knownQueues, readNodeMetrics } from './queue-metrics.ts';

const IDENTITY =
  '# TYPE rabbitmq_identity_info untyped\n# HELP rabbitmq_identity_info x\nrabbitmq_identity_info{rabbitmq_node="rabbit@a",rabbitmq_cluster="c"} 1\n';

interface Line {
  vhost: string;
  name: string;
  ready: number | string;
  unacked: number | string;
}

/** As a broker writes it; `plain`: as 3.10 does, which escapes nothing. */
function metricsOf(lines: readonly Line[], plain = false): string {
  const label = (l: Line) => labelTexts(l.vhost, l.name).at(plain ? -1 : 0);
  const block = (metric: string, of: (l: Line) => number | string) =>
    [
      `# TYPE rabbitmq_detailed_${metric} gauge`,
      `# HELP rabbitmq_detailed_${metric} words`,
      ...lines.map((l) => `rabbitmq_detailed_${metric}{${label(l)}} ${of(l)}`),
      '',
    ].join('\n');
  return `${[
    block('queue_messages_ready', (l) => l.ready),
    block('queue_process_reductions_total', () => 99),
    block('queue_messages_unacked', (l) => l.unacked),
    block('queue_messages', (l) => Number(l.ready) + Number(l.unacked)),
  ].join('')}${IDENTITY}`;
}

const queueOf = (l: Pick<Line, 'vhost' | 'name'>) => ({ vhost: l.vhost, name: l.name, node: 'rabbit@a' });
const read = (text: string, lines: readonly Line[]) => readNodeMetrics(text, knownQueues(lines.map(queueOf)));

// A broker takes no line break in a queue's name, which would end the line of 3.10.
const hostile = fc
  .array(fc.constantFrom('"', '\\', '{', '}', ' ', ',', '=', 'a', 'queue="', '\\"', '} 7', 'é'), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) => parts.join(''));
const figure = fc.nat(1_000_000);
const lines = fc.uniqueArray(
  fc.record({ vhost: fc.constantFrom('/', 'a"b', 'v\\'), name: hostile, ready: figure, unacked: figure }),
  { selector: (l) => queueKey(l.vhost, l.name), maxLength: 8 },
);

describe('depths', () => {
  test.each([false, true])('of queues with any name, escaped or not (plain: %s)', (plain) => {
    fc.assert(
      fc.property(lines, (all) => {
        const found = read(metricsOf(all, plain), all);
        for (const l of all) {
          const depth = found?.depths.get(queueKey(l.vhost, l.name));
          // Where two names share a text neither is known; never is one shown with the other's figures.
          if (depth) expect(depth).toMatchObject({ ready: l.ready, unacked: l.unacked, node: 'rabbit@a' });
        }
        const texts = all.flatMap((l) => labelTexts(l.vhost, l.name));
        if (new Set(texts).size === texts.length) expect(found?.depths.size).toBe(all.length);
        expect(found?.strangers.size).toBe(0);
      }),
    );
  });

  test('a queue whose figure is no number is unknown, not 0', () => {
    const one = { vhost: '/', name: 'a', ready: 'NaN', unacked: 0 };
    const other = { vhost: '/', name: 'b', ready: 1, unacked: 2 };
    expect([...(read(metricsOf([one, other]), [one, other])?.depths.keys() ?? [])]).toEqual([
      queueKey('/', 'b'),
    ]);
  });

  test('queues that nobody knows are named as strangers', () => {
    const known = { vhost: '/', name: 'a', ready: 1, unacked: 0 };
    const found = read(metricsOf([known, { vhost: '/', name: 'new', ready: 5, unacked: 0 }]), [known]);
    expect([...(found?.strangers ?? [])]).toEqual(['vhost="/",queue="new"']);
  });

  test('a text cut off within a line tells nothing', () => {
    const all = [{ vhost: '/', name: 'a', ready: 10, unacked: 20 }];
    const text = `${IDENTITY}${metricsOf(all)}`;
    for (let length = 0; length < text.length; length++)
      if (text[length - 1] !== '\n') expect(read(text.slice(0, length), all)).toBeNull();
    expect(read(text, all)).not.toBeNull();
  });

  test('two names of which one looks like the other escaped are not told apart by that text', () => {
    const quoted = { vhost: '/', name: 'a"b', ready: 1, unacked: 0 };
    const slashed = { vhost: '/', name: 'a\\"b', ready: 2, unacked: 0 };
    const both = read(metricsOf([quoted, slashed]), [quoted, slashed])?.depths;
    expect([...(both ?? [])].map(([key, depth]) => [key, depth.ready])).toEqual([
      [queueKey('/', slashed.name), 2],
    ]);
  });

  test('any text is read without an error', () => {
    fc.assert(fc.property(fc.string(), (text) => void readSeries(text, new Set(['a']), () => {})));
  });
});

describe('counters', () => {
  const known = knownQueues([
    { vhost: '/', name: 'a', node: null },
    { vhost: '/', name: 'b', node: null },
  ]);
  const series = (metric: string, lines: string[]) =>
    `# TYPE rabbitmq_detailed_${metric} counter\n# HELP rabbitmq_detailed_${metric} x\n${lines
      .map((line) => `rabbitmq_detailed_${metric}${line}\n`)
      .join('')}`;

  test('of a queue: published by several exchanges, delivered and got in every way', () => {
    const text = [
      series('queue_get_ack_total', ['{vhost="/",queue="a"} 1']),
      series('queue_messages_delivered_ack_total', ['{vhost="/",queue="a"} 20']),
      series('queue_messages_acked_total', ['{vhost="/",queue="a"} 300']),
      series('queue_messages_redelivered_total', ['{vhost="/",queue="a"} 4000']),
      series('queue_exchange_messages_published_total', [
        '{vhost="/",exchange="x \\"1\\"",queue="a"} 5',
        '{vhost="/",exchange="",queue="a"} 6',
      ]),
      IDENTITY,
    ].join('');
    expect([...(readNodeMetrics(text, known)?.counters.values() ?? [])]).toEqual([
      { key: queueKey('/', 'a'), counts: [11, 21, 300, 4000] },
    ]);
  });

  test('before 4.0: of a queue on each channel', () => {
    const text = [
      series('channel_messages_acked_total', [
        '{channel="<0.1.0>",vhost="/",queue="a"} 1',
        '{channel="<0.2.0>",vhost="/",queue="a"} 2',
      ]),
      series('queue_messages_published_total', [
        '{channel="<0.1.0>",queue_vhost="/",queue="b",exchange_vhost="/",exchange=""} 7',
        '{channel="<0.1.0>",queue_vhost="/",queue="b",exchange_vhost="/",exchange="",queue="a"} 9',
      ]),
      IDENTITY,
    ].join('');
    expect([...(readNodeMetrics(text, known)?.counters.values() ?? [])]).toEqual([
      { key: queueKey('/', 'a'), counts: [0, 0, 1, 0] },
      { key: queueKey('/', 'a'), counts: [0, 0, 2, 0] },
      { key: queueKey('/', 'b'), counts: [7, 0, 0, 0] },
    ]);
  });
});
