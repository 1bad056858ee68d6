import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Header } from '../model/message.ts';
import { deathError, namedDeaths, readDeaths } from './deaths.ts';

const xDeath = (value: Header['value']): Header[] => [{ name: 'x-death', type: 'A', value }];

describe('readDeaths', () => {
  it('reads an entry as RabbitMQ writes it', () => {
    const entry = {
      'original-expiration': '80',
      count: 2,
      reason: 'expired',
      queue: 'expm.classic',
      time: 1795219393,
      exchange: '',
      'routing-keys': ['expm.classic'],
    };
    expect(readDeaths(xDeath([entry]))).toEqual([
      {
        queue: 'expm.classic',
        reason: 'expired',
        count: 2,
        exchange: '',
        routingKeys: ['expm.classic'],
        at: 1795219393000,
        originalExpiration: '80',
      },
    ]);
  });

  it('leaves out what is no table, has no queue, or goes beyond 64 entries', () => {
    expect(readDeaths(xDeath(['text', null, 7, [], { reason: 'expired' }]))).toEqual([]);
    expect(readDeaths(xDeath('not a list'))).toEqual([]);
    expect(readDeaths([])).toEqual([]);
    const one = { queue: 'q', reason: 'rejected' };
    expect(readDeaths(xDeath(Array.from({ length: 10_000 }, () => one)))).toHaveLength(64);
  });

  it('gives no time, rather than a wrong one, where the header holds none', () => {
    const at = (time: Header['value']) => readDeaths(xDeath([{ queue: 'q', reason: 'r', time }]))[0]?.at;
    expect([at('soon'), at(-1), at(1e300), at(null), at({})]).toEqual([null, null, null, null, null]);
  });

  it('never throws and never gives NaN', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const d of readDeaths(xDeath(JSON.parse(JSON.stringify(value))))) {
          expect(Number.isFinite(d.count)).toBe(true);
        }
      }),
    );
  });
});

describe('namedDeaths', () => {
  it('reads the death that a stream of an older broker keeps as texts, and none of half a name', () => {
    const header = (name: string, value: string): Header => ({ name, type: 'S', value });
    const first = [
      header('x-first-death-queue', 'work'),
      header('x-first-death-reason', 'rejected'),
      header('x-first-death-exchange', 'orders'),
    ];
    expect(namedDeaths(first)).toEqual([
      { queue: 'work', reason: 'rejected', count: 1, exchange: 'orders', routingKeys: [], at: null },
    ]);
    const last = [header('x-last-death-queue', 'retry'), header('x-last-death-reason', 'expired')];
    expect(namedDeaths([...first, ...last])).toMatchObject([{ queue: 'retry', reason: 'expired' }]);
    expect(namedDeaths(first.slice(0, 1))).toEqual([]);
  });
});

describe('deathError', () => {
  it('takes the most telling header, in any case, as one line', () => {
    const headers: Header[] = [
      { name: 'error', type: 'S', value: 'failed' },
      { name: 'X-Exception-Message', type: 'S', value: ' timeout\n  calling psp ' },
    ];
    expect(deathError(headers)).toBe('timeout calling psp');
    expect(deathError(headers.slice(0, 1))).toBe('failed');
  });

  it('reads a table’s message, and takes true or a number for nothing', () => {
    expect(deathError([{ name: 'x-error', type: 'F', value: { message: 'no stock' } }])).toBe('no stock');
    expect(deathError([{ name: 'error', type: 't', value: true }])).toBeNull();
    expect(deathError([{ name: 'error', type: 'S', value: ' ' }])).toBeNull();
  });

  it.each([
    ['MT-Fault-Message', 'no stock', 'MT-Fault-ExceptionType', 'Shop.StockException', 'no stock'],
    ['NServiceBus.ExceptionInfo.ExceptionType', 'Shop.Stock', 'x', 'y', 'Shop.Stock'],
    ['reason_poisoned', 'dial tcp: refused', 'topic_poisoned', 'orders', 'dial tcp: refused'],
    [
      'x-exception-stacktrace',
      '\nShop.StockException: no stock\n\tat Shop.sell(Shop.java:7)',
      'x',
      'y',
      'Shop.StockException: no stock',
    ],
    [
      'rbs2-error-details',
      'System.Exception: no stock\r\n   at Shop',
      'x',
      'y',
      'System.Exception: no stock',
    ],
  ])('finds what frameworks write: %s', (name, value, other, more, error) => {
    expect(
      deathError([
        { name: other, type: 'S', value: more },
        { name, type: 'S', value },
      ]),
    ).toBe(error);
  });

  it('ends at 300 characters', () => {
    expect(deathError([{ name: 'error', type: 'S', value: 'x'.repeat(100_000) }])).toHaveLength(300);
  });
});
