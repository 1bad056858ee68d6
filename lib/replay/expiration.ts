/** When a copy expires. */
import { readDeaths } from '../journey/deaths.ts';
import type { Header } from '../model/message.ts';
import type { ReplayRequest } from '../model/replay.ts';
import type { Letter } from './letter.ts';

/** Largest that every version takes, ms: about 49 days. */
const MOST_MS = 4_294_967_295;

/** The expiration before its last death that took one off, ms as text; deaths of earlier replays count too. Null: it had none. */
export function originalExpiration(letter: Pick<Letter, 'deaths' | 'headers'>): string | null {
  const deaths = [...letter.deaths, ...readDeaths(earlierDeaths(letter.headers))];
  return deaths.find((death) => death.originalExpiration !== undefined)?.originalExpiration ?? null;
}

/** `x-original-death` as if it were `x-death`: what happened to the messages that this one is a copy of. */
export function earlierDeaths(headers: readonly Header[]): Header[] {
  return headers
    .filter((header) => header.name === 'x-original-death')
    .map((header) => ({ ...header, name: 'x-death' }));
}

/** What the copy's `expiration` is, ms as text; null: it does not expire by itself. */
export function copyExpiration(
  letter: Pick<Letter, 'deaths' | 'headers' | 'properties'>,
  option: ReplayRequest['expiration'],
): string | null {
  const now = letter.properties.expiration ?? null;
  if (option === 'drop') return null;
  return option === 'original' ? (originalExpiration(letter) ?? now) : now;
}

/** Why the broker would answer this expiration by closing the channel, in words; null when it takes it. */
export function badExpiration(expiration: string | null): string | null {
  if (expiration === null) return null;
  return /^\d{1,10}$/.test(expiration) && Number(expiration) <= MOST_MS
    ? null
    : `Its expiration "${expiration.slice(0, 40)}" is not a number of milliseconds that the broker takes. Send it without one, or with the original one.`;
}
