import { hash } from 'node:crypto';

/**
 * 48 bits of SHA-1 as a whole number: a small, cheap key for SQLite's b-trees that nobody can aim at. Among ten million
 * names two share one with a chance of about 0.2; readers compare the whole name wherever that matters.
 */
export function hash48(text: string): number {
  return hash('sha1', text, 'buffer').readUIntBE(0, 6);
}
