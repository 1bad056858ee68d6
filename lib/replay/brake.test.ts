import { expect, it } from 'vitest';
import type { Brake, Hold } from '../model/replay.ts';
import { judgeBrake, type Reading } from './brake.ts';

const reading = (depth: number | null, unacked: number | null, at: number | null): Reading => ({
  queue: 'billing',
  depth,
  unacked,
  at,
});

/** The brake over time: for each depth, a second apart, whether it holds (`#`) or goes (`-`). */
function drawn(brake: Brake, depths: readonly (number | null)[]): string {
  let held: Hold | null = null;
  return depths
    .map((depth, s) => {
      const now = s * 1_000;
      held = judgeBrake(brake, { diedAgain: 0, targets: [reading(depth, depth, now)] }, held, now);
      return held ? '#' : '-';
    })
    .join('');
}

//  limit 100 ─────────╲ over          half 50 ──────────╲ below
it('holds over the limit and goes on below half of it', () => {
  const depths = [0, 100, 101, 90, 60, 50, 49, 90, 100, 101];
  expect(drawn({ depth: 100 }, depths)).toBe('--####---#');
  expect(drawn({ unacked: 100 }, depths)).toBe('--####---#');
  expect(drawn({}, depths)).toBe('----------');
});

it('says what braked, since when, and that it goes on by itself', () => {
  const over = { diedAgain: 0, targets: [reading(1, 1, 0), reading(1_204, 5, 0)] };
  const held = judgeBrake({ depth: 1_000 }, over, null, 5_000);
  expect(held).toEqual({
    by: 'brake',
    at: 5_000,
    goesOn: true,
    words: 'billing holds 1,204 messages, over 1,000',
  });
  const still = judgeBrake({ depth: 1_000 }, { ...over, targets: [reading(700, 5, 9_000)] }, held, 9_000);
  expect(still).toMatchObject({ at: 5_000, words: 'billing holds 700 messages; goes on below 500' });
});

it('takes what is not known for a reason to brake, and not for zero', () => {
  expect(drawn({ depth: 100 }, [10, null, null, 10])).toBe('-##-');
  const old = { diedAgain: 0, targets: [reading(10, 10, 0)] };
  expect(judgeBrake({ unacked: 100 }, old, null, 15_000)).toBeNull();
  expect(judgeBrake({ unacked: 100 }, old, null, 20_000)?.words).toBe(
    'how many unacknowledged billing holds is not known for 20 s',
  );
});

it('stays after too many died again, until somebody says so', () => {
  const dead = (diedAgain: number) => ({ diedAgain, targets: [] });
  expect(judgeBrake({ diedAgain: 3 }, dead(2), null, 0)).toBeNull();
  const held = judgeBrake({ diedAgain: 3 }, dead(3), null, 0);
  expect(held).toMatchObject({ goesOn: false, words: '3 died again' });
  expect(judgeBrake({ diedAgain: 3 }, dead(0), held, 9_000)).toBe(held);
  // also out of a hold that would have gone on by itself
  const full = judgeBrake({ depth: 1 }, { diedAgain: 0, targets: [reading(9, 9, 0)] }, null, 0);
  expect(judgeBrake({ depth: 1, diedAgain: 3 }, dead(3), full, 0)?.goesOn).toBe(false);
});
