import { expect, test } from 'vitest';
import { type PublishRequest, publishRequestSchema } from '../model/api.ts';
import { MAX_BODY_BYTES, outgoing } from './message.ts';

const request = (more: Record<string, unknown>): PublishRequest =>
  publishRequestSchema.parse({ exchange: 'orders', routingKey: 'order.created', ...more });
const made = (more: Record<string, unknown>) => outgoing(request(more), () => 'made');

test('a message is persistent, mandatory and has an ID unless asked otherwise', () => {
  expect(made({ body: 'é' })).toEqual({
    vhost: '/',
    exchange: 'orders',
    routingKey: 'order.created',
    properties: { messageId: 'made', deliveryMode: 2 },
    headers: [],
    body: Buffer.from('é', 'utf8'),
    mandatory: true,
  });
  const other = made({
    persistent: false,
    mandatory: false,
    properties: { messageId: 'theirs', priority: 4 },
  });
  expect(other.properties).toEqual({ messageId: 'theirs', priority: 4, deliveryMode: 1 });
  expect(other.mandatory).toBe(false);
});

test('to a queue means the default exchange with its name as the key', () => {
  const { exchange, routingKey } = made({ exchange: undefined, routingKey: undefined, queue: 'billing' });
  expect({ exchange, routingKey }).toEqual({ exchange: '', routingKey: 'billing' });
});

test('base64 bodies are bytes; anything else is refused, not mended', () => {
  expect(made({ body: 'AP/D\nKA==', bodyEncoding: 'base64' }).body).toEqual(Buffer.of(0, 255, 195, 40));
  expect(made({ body: '', bodyEncoding: 'base64' }).body).toHaveLength(0);
  for (const body of ['abc', 'a*cd', 'ab=d', '=', 'ZZZZZ']) {
    expect(() => made({ body, bodyEncoding: 'base64' })).toThrow('The body is not base64');
  }
});

test('the largest body passes, one byte more does not', () => {
  expect(made({ body: 'x'.repeat(MAX_BODY_BYTES) }).body).toHaveLength(MAX_BODY_BYTES);
  expect(() => made({ body: 'x'.repeat(MAX_BODY_BYTES + 1) })).toThrow(
    expect.objectContaining({ code: 'too_large' }),
  );
});

test('names are measured in bytes of UTF-8, not in characters', () => {
  const long = 'é'.repeat(128); // 256 bytes, 128 characters
  const refused = (more: Record<string, unknown>, path: string) =>
    expect(() => made(more)).toThrow(
      expect.objectContaining({
        code: 'bad_input',
        more: expect.objectContaining({ errors: [expect.objectContaining({ path })] }),
      }),
    );
  refused({ routingKey: long }, 'routingKey');
  refused({ exchange: long }, 'exchange');
  refused({ properties: { correlationId: long } }, 'properties.correlationId');
  refused({ headers: { [long]: 1 } }, `headers.${long.slice(0, 40)}`);
  refused({ properties: { expiration: '4294967296' } }, 'properties.expiration');
  const half = '\ud800';
  refused({ routingKey: half }, 'routingKey');
  refused({ headers: { name: half } }, 'headers.name');
  refused({ body: half }, 'body');
});
