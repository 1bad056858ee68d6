/** What is sent for a publish request: checked against AMQP's limits before anything goes to the broker. Pure. */
import type { PublishRequest } from '../model/api.ts';
import { HoplightError } from '../model/errors.ts';
import type { Header, Properties } from '../model/message.ts';

/** Also the largest message that RabbitMQ 4.x takes by default. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** AMQP short strings: names, keys and most properties. */
const SHORT_BYTES = 255;
/** RabbitMQ's largest TTL, ms. */
const MAX_EXPIRATION = 2 ** 32 - 1;

export interface Outgoing {
  vhost: string;
  exchange: string;
  routingKey: string;
  properties: Properties;
  headers: Header[];
  body: Buffer;
  mandatory: boolean;
}

const notSent = 'Nothing was sent.';

function bodyOf(request: PublishRequest): Buffer {
  if (request.bodyEncoding === 'text') return Buffer.from(request.body, 'utf8');
  const text = request.body.replace(/\s+/g, '');
  // Buffer.from would drop what is not base64 and send something else
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) {
    throw new HoplightError('bad_input', 'The body is not base64', {
      errors: [{ path: 'body', message: 'not base64' }],
      notDone: notSent,
      next: 'Correct it, or send it as text.',
    });
  }
  return Buffer.from(text, 'base64');
}

/** Half a surrogate pair would be sent as another character: another body, a queue of another name. */
function notText(texts: Record<string, string | undefined>): { path: string; message: string }[] {
  return Object.entries(texts).flatMap(([path, text]) =>
    text?.isWellFormed() === false ? [{ path, message: 'not Unicode text' }] : [],
  );
}

function unfit(texts: Record<string, string | undefined>): { path: string; message: string }[] {
  const long = Object.entries(texts).flatMap(([path, text]) => {
    const bytes = Buffer.byteLength(text ?? '');
    const message = `${bytes} bytes in UTF-8, where AMQP allows ${SHORT_BYTES}`;
    return bytes > SHORT_BYTES ? [{ path, message }] : [];
  });
  return [...long, ...notText(texts)];
}

/**
 * The message of a request: `queue` becomes the default exchange with that key, the message ID is `newId()` unless one
 * was given, delivery mode 2 unless `persistent` is false. Throws HoplightError bad_input or too_large (413).
 */
export function outgoing(request: PublishRequest, newId: () => string): Outgoing {
  const exchange = request.queue === undefined ? (request.exchange ?? '') : '';
  const routingKey = request.queue ?? request.routingKey ?? '';
  const properties: Properties = {
    ...request.properties,
    messageId: request.properties.messageId ?? newId(),
    deliveryMode: request.persistent ? 2 : 1,
  };
  const { expiration, priority, deliveryMode: _, ...texts } = properties;
  const prefixed = Object.entries(texts).map(([k, v]) => [`properties.${k}`, String(v)]);
  const names = Object.keys(request.headers).map((name) => [`headers.${name.slice(0, 40)}`, name]);
  const errors = unfit({ exchange, routingKey, ...Object.fromEntries([...prefixed, ...names]) });
  const values = Object.entries(request.headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[`headers.${name.slice(0, 40)}`, value]] : [],
  );
  errors.push(...notText(Object.fromEntries(values)));
  if (request.bodyEncoding === 'text') errors.push(...notText({ body: request.body }));
  if (expiration !== undefined && Number(expiration) > MAX_EXPIRATION) {
    errors.push({ path: 'properties.expiration', message: `more than ${MAX_EXPIRATION} ms` });
  }
  if (errors.length > 0) {
    throw new HoplightError('bad_input', `${errors[0]?.path}: ${errors[0]?.message}`, {
      errors,
      notDone: notSent,
      next: 'Correct the fields named in errors.',
    });
  }
  const body = bodyOf(request);
  if (body.length > MAX_BODY_BYTES) {
    throw new HoplightError('too_large', `The body has ${body.length} bytes; ${MAX_BODY_BYTES} are allowed`, {
      notDone: notSent,
      next: 'Send a smaller body, or a reference to where the content lies.',
    });
  }
  const headers = Object.entries(request.headers).map(
    ([name, value]): Header => ({ name, type: null, value }),
  );
  return {
    vhost: request.vhost,
    exchange,
    routingKey,
    properties,
    headers,
    body,
    mandatory: request.mandatory,
  };
}
