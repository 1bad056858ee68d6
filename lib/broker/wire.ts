/** Pieces of the management API's JSON that several resources share. Tolerant: what is missing or odd is unknown. */
import { z } from 'zod';

/** A number, or null: RabbitMQ leaves out, or gives null or text, what it does not know. */
export const figure = z
  .number()
  .nullish()
  .catch(null)
  .transform((v) => v ?? null);
export const text = z
  .string()
  .nullish()
  .catch(null)
  .transform((v) => v ?? null);
export const yes = z
  .boolean()
  .nullish()
  .catch(null)
  .transform((v) => v ?? null);

/** Erlang's empty property list arrives as `[]` where an object is meant. */
export const table = z.record(z.string(), z.json()).catch({});

const rate = z
  .object({ rate: figure })
  .nullish()
  .catch(null)
  .transform((v) => v?.rate ?? null);

const rates = {
  publish_details: rate,
  deliver_get_details: rate,
  ack_details: rate,
  redeliver_details: rate,
};
/** Messages per second. A field that is absent while others are there has never happened: 0. */
export const messageStats = z.object(rates).nullish().catch(null);
/** With messages since the channel was opened. */
export const channelStats = z
  .object({ ...rates, ack: figure, deliver: figure, deliver_no_ack: figure, get: figure })
  .nullish()
  .catch(null);
export type MessageStats = z.infer<typeof messageStats>;

export interface Rates {
  publish: number | null;
  deliver: number | null;
  ack: number | null;
  redeliver: number | null;
}

/**
 * `collected` false: the broker's metrics collection is switched off, so that nothing is known. Otherwise no statistics
 * at all means that no message has ever passed.
 */
export function ratesOf(stats: MessageStats, collected: boolean): Rates {
  const of = (value: number | null | undefined) => (collected ? (value ?? 0) : null);
  return {
    publish: of(stats?.publish_details),
    deliver: of(stats?.deliver_get_details),
    ack: of(stats?.ack_details),
    redeliver: of(stats?.redeliver_details),
  };
}

export const inPath = encodeURIComponent;
