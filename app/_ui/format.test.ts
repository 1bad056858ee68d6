import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ago,
  bytes,
  change,
  clock,
  clockMs,
  clockShort,
  count,
  counted,
  duration,
  full,
  percent,
  rate,
  short,
  shortId,
} from './format.ts';

describe('figures', () => {
  it('groups thousands', () => {
    expect([0, 318, 12_480, 1_238_000].map(count)).toEqual(['0', '318', '12,480', '1,238,000']);
    expect(counted(1, 'message')).toBe('1 message');
    expect(counted(1238, 'message')).toBe('1,238 messages');
    expect(counted(2, 'queue is', 'queues are')).toBe('2 queues are');
  });
  it('signs a change', () => {
    expect([8280, -3, 0].map(change)).toEqual(['+8,280', '−3', '±0']);
  });
  it('shortens rates without inventing digits', () => {
    expect(
      [0, 0.001, 0.04, 0.3, 1.7, 9.96, 42.4, 130, 999.6, 1234, 12_300, 999_960, 3.4e6].map(short),
    ).toEqual(['0', '<0.01', '0.04', '0.3', '1.7', '10', '42', '130', '1k', '1.2k', '12.3k', '1M', '3.4M']);
    expect(rate(12_300)).toBe('12.3k/s');
  });
  it('keeps what is not nothing apart from nothing', () => {
    expect([0, 0.001, 0.714, 0.999, 1].map(percent)).toEqual(['0%', '<1%', '71%', '99%', '100%']);
    fc.assert(fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (n) => short(n) !== '0'));
  });
  it('counts bytes in powers of 1024', () => {
    expect([0, 412, 1023, 1024, 4096, 104_448, 1.5 * 1024 ** 3].map(bytes)).toEqual([
      '0 B',
      '412 B',
      '1023 B',
      '1 KiB',
      '4 KiB',
      '102 KiB',
      '1.5 GiB',
    ]);
  });
});

describe('times', () => {
  it('says durations in at most two units', () => {
    expect(
      [0, 0.4, 84, 999.6, 1505, 2000, 9999, 16_200, 60_000, 192_000, 2_414_000, 3_600_000, 360_000_000].map(
        duration,
      ),
    ).toEqual([
      '0 ms',
      '<1 ms',
      '84 ms',
      '1 s',
      '1.505 s',
      '2 s',
      '9.999 s',
      '16 s',
      '1 m',
      '3 m 12 s',
      '40 m 14 s',
      '1 h',
      '4 d 4 h',
    ]);
  });
  it('says how long ago in one unit', () => {
    expect([300, 12_000, 200_000, 7_300_000, 5 * 86_400_000].map(ago)).toEqual([
      'now',
      '12 s ago',
      '3 m ago',
      '2 h ago',
      '5 d ago',
    ]);
  });
  it('names the day when it is not today', () => {
    const at = new Date(2026, 10, 21, 10, 3, 12, 118).getTime();
    expect(clock(at, at + 1000)).toBe('10:03:12');
    expect(clock(at, new Date(2026, 10, 22, 1).getTime())).toBe('21 Nov 10:03');
    expect(clock(at, new Date(2027, 0, 1).getTime())).toBe('21 Nov 2026 10:03');
    expect(clockShort(at)).toBe('10:03');
    expect(clockMs(at)).toBe('10:03:12.118');
    expect(full(at)).toMatch(/^2026-11-21 10:03:12\.118 [+−]\d\d:\d\d$/);
  });
});

it('cuts long IDs in the middle, short ones not at all', () => {
  expect(shortId('4bf92f3577b34da6a3ce929d0e0e4736')).toBe('4bf92f35…4736');
  expect(shortId('order-8841')).toBe('order-8841');
});
