/** Who asks, and what a user may do (the latter needs the administrator tag). */
import { z } from 'zod';

export interface WhoAmI {
  name: string;
  tags: string[];
}

const who = z.object({
  name: z.string(),
  // Before 3.9 one text with commas.
  tags: z.union([z.array(z.string()), z.string().transform((t) => t.split(',').filter((s) => s !== ''))]),
});

export function readWhoAmI(body: unknown): WhoAmI {
  return who.parse(body);
}

const permission = z.object({
  user: z.string(),
  vhost: z.string(),
  configure: z.string(),
  write: z.string(),
  read: z.string(),
});
export type VhostPermission = z.infer<typeof permission>;

export function readPermissions(body: unknown): VhostPermission[] {
  return z.array(permission).parse(body);
}

/** Whether these tags let a user see everybody's consumers, channels and connections, not only its own. */
export function seesAllClients(tags: readonly string[]): boolean {
  return tags.includes('monitoring') || tags.includes('administrator');
}
