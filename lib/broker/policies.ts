/** Policies by vhost and name. Operator policies are not among them: they cannot set exchanges. */
import { z } from 'zod';
import { table } from './wire.ts';

const wire = z.object({ vhost: z.string(), name: z.string(), definition: table });
export type Policy = z.infer<typeof wire>;

export function readPolicies(body: unknown): Policy[] {
  return z.array(wire).parse(body);
}
