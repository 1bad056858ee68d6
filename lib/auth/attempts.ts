/**
 * Limits guessing: after `max` wrong passwords in `windowMs` for one user from one address, further tries wait. So that
 * many addresses (a caller may write what it likes into X-Forwarded-For) or many users do not get around it, one user
 * from anywhere, and one address for any user, have `WIDE` times as many.
 */
import { createHash } from 'node:crypto';
import { HoplightError } from '../model/errors.ts';

const WIDE = 10;

export interface Attempts {
  /**
   * Throws `too_many_requests` with the seconds to wait. The try counts until its end is told, so that tries at the same
   * time are not uncounted; the same password asked several times at once is one try.
   */
  begin(user: string, password: string, address: string): (end: 'right' | 'wrong' | 'not told') => void;
}

interface Tries {
  wrong: number[];
  /** Password hashes being asked now, each with how often. */
  open: Map<string, number>;
}

export function createAttempts(clock: () => number, max = 10, windowMs = 60_000): Attempts {
  const known = new Map<string, Tries>();

  function triesOf(key: string): Tries {
    const tries = known.get(key) ?? { wrong: [], open: new Map<string, number>() };
    tries.wrong = tries.wrong.filter((at) => at > clock() - windowMs);
    return tries;
  }

  /** Seconds to wait; 0 when another try is allowed. */
  function waitFor(key: string, most: number, guess: string): number {
    const { wrong, open } = triesOf(key);
    if (wrong.length + open.size - (open.has(guess) ? 1 : 0) < most) return 0;
    return Math.max(1, Math.ceil(((wrong[0] ?? clock() - windowMs) + windowMs - clock()) / 1000));
  }

  function keep(key: string, tries: Tries): void {
    // Bounded: names are the caller's to choose, so a flood of them must not fill the memory. The oldest go first.
    known.delete(key);
    known.set(key, tries);
    if (known.size <= 20_000) return;
    const [oldest] = known.keys();
    if (oldest !== undefined) known.delete(oldest);
  }

  return {
    begin(user, password, address) {
      const guess = createHash('sha256').update(`${user.length}:${user}${password}`).digest('hex');
      const keys = [
        { key: `both ${address} ${user}`, most: max },
        { key: `user ${user}`, most: max * WIDE },
        { key: `from ${address}`, most: max * WIDE },
      ];
      const seconds = Math.max(...keys.map(({ key, most }) => waitFor(key, most, guess)));
      if (seconds > 0)
        throw new HoplightError('too_many_requests', 'Too many failed sign-ins.', {
          notDone: 'The password was not tried.',
          next: `Try again in ${seconds} s.`,
          retryAfterSeconds: seconds,
        });
      for (const { key } of keys) {
        const tries = triesOf(key);
        tries.open.set(guess, (tries.open.get(guess) ?? 0) + 1);
        keep(key, tries);
      }
      return (end) => {
        for (const [i, { key }] of keys.entries()) {
          const tries = known.get(key);
          if (!tries) continue;
          const left = (tries.open.get(guess) ?? 1) - 1;
          if (left > 0) tries.open.set(guess, left);
          else tries.open.delete(guess);
          if (end === 'wrong') tries.wrong.push(clock());
          // the right password clears its own pair alone: one known account must not clear guesses at others
          if (end === 'right' && i === 0) tries.wrong = [];
          if (tries.wrong.length + tries.open.size === 0) known.delete(key);
        }
      };
    },
  };
}
