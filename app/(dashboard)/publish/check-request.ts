/** The server's own check of a publish request, loaded when one is sent: it is the only part of a page that needs zod. */
import { z } from 'zod';
import { type PublishRequest, publishRequestSchema } from '@/lib/model/api';

// zod would otherwise try `new Function`, which the Content Security Policy refuses and reports
z.config({ jitless: true });

/** The request with its defaults, or what is wrong: each field's path, as the API names it, with its words. */
export function checkRequest(
  value: unknown,
): { request: PublishRequest; issues: [] } | { request: null; issues: [path: string, words: string][] } {
  const parsed = publishRequestSchema.safeParse(value);
  if (parsed.success) return { request: parsed.data, issues: [] };
  return {
    request: null,
    issues: parsed.error.issues.map((issue) => [issue.path.map(String).join('.'), issue.message]),
  };
}
