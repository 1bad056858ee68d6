import { z } from 'zod';

/** RabbitMQ's user tags decide what the management API shows. */
export const sessionViewSchema = z.object({
  user: z.string(),
  tags: z.array(z.string()),
  /** The vhosts that this user may use. */
  vhosts: z.array(z.string()),
  via: z.enum(['cookie', 'basic']),
});
export type SessionView = z.infer<typeof sessionViewSchema>;

export const signInSchema = z.union([
  z.object({ user: z.string().min(1).max(255), password: z.string().max(1024) }).strict(),
  /** Asks for the automatic sign-in (loopback with the default broker). */
  z.object({ auto: z.literal(true) }).strict(),
]);
