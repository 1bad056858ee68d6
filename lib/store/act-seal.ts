/**
 * The seals of the audit log: each entry's seal is SHA-256 over the seal before it and what the entry says, so that an
 * entry that is changed, taken out or moved no longer fits (docs/audit.md says how to check that by hand). No key is
 * part of it: who can write the file can seal it anew, and only a seal that was noted elsewhere shows that.
 */
import { hash } from 'node:crypto';

/** What the first sealed entry has in the place of the seal before it. */
export const FIRST_SEAL = '';

export interface SealedPart {
  number: number;
  id: string;
  at: number;
  by: string;
  kind: string;
  words: string;
  /** Canonical JSON. */
  intent: string;
  href: string | null;
}

/** 64 hex digits. */
export function sealOf(previous: string, e: SealedPart): string {
  const before = [previous, e.number, e.id, e.at, e.by, e.kind, e.words].map((v) => JSON.stringify(v));
  return hash('sha256', `[${before.join(',')},${e.intent},${JSON.stringify(e.href)}]`, 'hex');
}

export function outcomeSealOf(seal: string, outcome: string, at: number): string {
  return hash('sha256', JSON.stringify([seal, outcome, at]), 'hex');
}

/**
 * JSON without blanks, the names of each object sorted: the same value gives the same text, whoever writes it. What JSON
 * has no word for (undefined, functions) is left out, as JSON.stringify does.
 */
export function canonical(value: unknown): string {
  const text = JSON.stringify(value);
  return text === undefined ? 'null' : sorted(JSON.parse(text));
}

function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, v]) => `${JSON.stringify(name)}:${sorted(v)}`).join(',')}}`;
}
