/** Limits guessing: after `max` failures in `windowMs` for one user from one address, further tries wait. */
import { HoplightError } from '../model/errors.ts';

export interface Attempts {
  /** Throws `too_many_requests` with the seconds to wait. */
  check(key: string): void;
  failed(key: string): void;
  succeeded(key: string): void;
}

export function createAttempts(clock: () => number, max = 10, windowMs = 60_000): Attempts {
  const failures = new Map<string, number[]>();
  const recent = (key: string) => (failures.get(key) ?? []).filter((at) => at > clock() - windowMs);
  return {
    check(key) {
      const times = recent(key);
      if (times.length < max) return;
      const seconds = Math.max(1, Math.ceil(((times[0] ?? clock()) + windowMs - clock()) / 1000));
      throw new HoplightError(
        'too_many_requests',
        'Too many failed sign-ins for this user from this address.',
        {
          notDone: 'The password was not tried.',
          next: `Try again in ${seconds} s.`,
          retryAfterSeconds: seconds,
        },
      );
    },
    failed(key) {
      // Bounded: names are the caller's to choose, so a flood of them must not fill the memory.
      if (failures.size > 10_000) failures.clear();
      failures.set(key, [...recent(key), clock()]);
    },
    succeeded(key) {
      failures.delete(key);
    },
  };
}
