/** A fact as a row: what queries need in columns, the body's bytes as they are, the rest as JSON. */
import type { Fact } from '../../model/fact.ts';
import { hash48 } from './hash.ts';

export interface FactRow {
  id: string;
  at: number;
  journey: number;
  rest: string;
  body: Buffer | null;
}

export function toRow(fact: Fact): FactRow {
  const { id, at, message, ...rest } = fact;
  const data = message?.body.data ?? null;
  const stripped = message && data !== null ? { ...message, body: { ...message.body, data: null } } : message;
  return {
    id,
    at,
    journey: hash48(fact.journey),
    rest: JSON.stringify(stripped ? { ...rest, message: stripped } : rest),
    body: data === null ? null : Buffer.from(data, 'base64'),
  };
}

/** `rest` was written by `toRow`, so its shape is known and not checked again. */
export function fromRow(row: Omit<FactRow, 'journey'>): Fact {
  const rest: Omit<Fact, 'id' | 'at'> = JSON.parse(row.rest);
  const fact: Fact = { ...rest, id: row.id, at: row.at };
  if (row.body && fact.message) fact.message.body.data = row.body.toString('base64');
  return fact;
}
