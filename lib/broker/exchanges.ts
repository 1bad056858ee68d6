/** Exchanges, with the alternate that an argument or a policy gives them (the argument wins). */
import { z } from 'zod';
import type { Exchange } from '../model/broker.ts';
import type { Policy } from './policies.ts';
import { table, text, yes } from './wire.ts';

export const exchangeColumns = 'name,vhost,type,durable,internal,arguments,policy';

const wire = z.object({
  name: z.string(),
  vhost: z.string(),
  type: z.string(),
  durable: yes,
  internal: yes,
  arguments: table,
  policy: text,
});

export function readExchanges(body: unknown, policies: readonly Policy[]): Exchange[] {
  const definitions = new Map(policies.map((p) => [`${p.vhost}\u0000${p.name}`, p.definition]));
  return z
    .array(wire)
    .parse(body)
    .map((w) => {
      const byPolicy = w.policy ? definitions.get(`${w.vhost}\u0000${w.policy}`) : undefined;
      const alternate = w.arguments['alternate-exchange'] ?? byPolicy?.['alternate-exchange'];
      return {
        vhost: w.vhost,
        name: w.name,
        type: w.type,
        durable: w.durable ?? true,
        internal: w.internal ?? false,
        alternate: typeof alternate === 'string' ? alternate : null,
        policy: w.policy || null,
      };
    });
}
