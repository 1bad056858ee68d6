/** How old the figures of some parts are, in words, where that is worth a word. Pure: `now` is passed in. */
import { duration, since } from '@/app/_ui/format';
import type { ReadingCost } from '@/lib/model/live';

export type What = ReadingCost['what'];

/** Below this nobody asks how old a figure is, ms. */
const WORTH_A_WORD_MS = 10_000;

export interface Age {
  /** `rates up to 15 s old`; holds still from reading to reading. */
  words: string;
  /** For the pointer: from where, how long the broker takes, how old just now. */
  title: string;
}

/** Null while all of them are young, or none was ever read (then the figures say unknown themselves). */
export function ageOf(readings: readonly ReadingCost[], parts: readonly What[], now: number): Age | null {
  const old = readings.flatMap((reading) => {
    const { readAt, everyMs } = reading;
    if (readAt === null || !parts.includes(reading.what)) return [];
    const age = Math.max(0, now - readAt);
    // later than its pace: how late is the news; at its pace: how old they may get, which does not tick
    const late = age > Math.max(everyMs, WORTH_A_WORD_MS) + WORTH_A_WORD_MS;
    if (!late && everyMs <= WORTH_A_WORD_MS) return [];
    return [{ reading, age, words: late ? `${since(age)} old` : `up to ${since(toFive(everyMs))} old` }];
  });
  const [first] = old;
  if (!first) return null;
  return {
    words: old.map(({ reading, words }) => `${reading.what} ${words}`).join(', '),
    title: old
      .map(
        ({ reading, age }) =>
          `${reading.what}: ${since(age) === 'now' ? 'read now' : `${since(age)} old`}, read from ${reading.from} ${paceWords(reading.everyMs)}; the broker took ${duration(reading.tookMs)}.`,
      )
      .join(' '),
  };
}

/** Up to whole 5 s, so that a pace that follows the broker's answer times does not make the words dance. */
const toFive = (ms: number) => Math.ceil(ms / 5_000) * 5_000;

/** `each 2 s`; the pace follows the cost, so that a tenth is as exact as it is worth. */
export function paceWords(everyMs: number): string {
  const s = everyMs / 1_000;
  return `each ${s < 10 ? Number(s.toFixed(1)) : since(Math.round(s) * 1_000).replace(/ s$/, '')}${s < 60 ? ' s' : ''}`;
}
