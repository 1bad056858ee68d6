import { randomUUID } from 'node:crypto';
import { publishAnswerSchema, publishRequestSchema } from '@/lib/model/api.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json, readBody } from '../_answer.ts';
import { requireSession, requireVhost } from '../_door.ts';

/** 16 MiB of body as base64, or as text with some escapes, and the headers beside it. */
const MAX_JSON_BYTES = 32 * 1024 * 1024;

/** Publishes one message in the user's name; the audit log has the intent before anything is sent. */
export async function POST(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    const parsed = await readBody(request, publishRequestSchema, MAX_JSON_BYTES);
    const vhost = requireVhost(session, parsed.vhost);
    const { audit, publishing } = runtime();
    // fixed here, so that the audit entry can lead to the message
    const messageId = parsed.properties.messageId ?? randomUUID();
    const message = { ...parsed, vhost, properties: { ...parsed.properties, messageId } };
    const { queue, exchange, routingKey } = message;
    const target =
      queue === undefined
        ? `exchange ${exchange || '(default)'} with key ${routingKey || '(none)'}`
        : `queue ${queue}`;
    const sent = await audit.act(
      {
        by: session.user,
        kind: 'publish',
        words: `Publish one message to ${target} in ${vhost}`,
        // the body and the headers' values may be anybody's data: their size and names suffice
        intent: {
          vhost,
          queue,
          exchange,
          routingKey,
          messageId,
          bodyCharacters: message.body.length,
          headers: Object.keys(message.headers),
          persistent: message.persistent,
          mandatory: message.mandatory,
        },
        href: `/journeys?q=${encodeURIComponent(messageId)}`,
      },
      () => publishing.send(session, message),
      ({ outcome }) => outcome,
    );
    return json(publishAnswerSchema, sent);
  });
}
