import { describe, expect, it } from 'vitest';
import { Acks } from './acks.ts';

describe('acknowledgements of one channel', () => {
  it('know the last delivery of a lot that is still open, whatever was held, acknowledged or never looked at', () => {
    const acks = new Acks();
    for (const tag of [1, 2, 4]) acks.add(tag);
    expect(acks.lastOpen(2)).toBe(0);
    expect(acks.lastOpen(4)).toBe(3);
    acks.hold(3);
    // behind one that stays, and out of turn
    for (const tag of [7, 6]) acks.add(tag);
    expect(acks.lastOpen(7)).toBe(5);
    expect(acks.lastOpen(9)).toBe(9);
  });
});
