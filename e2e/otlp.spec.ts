/** Services with OpenTelemetry: their spans meet what the broker showed, and the door takes nothing else. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { journeyAnswerSchema } from '../lib/model/api.ts';
import type { Journey } from '../lib/model/journey.ts';
import { until } from '../test/with-app.ts';
import { expect, test } from './stage.ts';

const run = promisify(execFile);
const JSON_TYPE = { 'content-type': 'application/json' };

for (const protocol of ['http/protobuf', 'http/json'])
  test(`a service with the OpenTelemetry SDK (${protocol}, gzip) has its spans in the journey of its message`, async ({
    stage,
  }) => {
    const queue = `otlp.${randomUUID().slice(0, 8)}`;
    const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'otlp-service.ts'), queue], {
      env: {
        ...process.env,
        AMQP_URL: stage.amqp,
        OTEL_EXPORTER_OTLP_ENDPOINT: stage.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
        OTEL_SERVICE_NAME: 'billing',
      },
    });
    const [good = '', bad = '']: string[] = JSON.parse(stdout);

    const read = async (trace: string, isThere: (journey: Journey) => boolean) =>
      until(`the journey of ${trace}`, async () => {
        const answer = await stage.api('GET', `/api/journeys/trace:${trace}`);
        if (!answer.ok) return null;
        const { journey } = journeyAnswerSchema.parse(await answer.json());
        return isThere(journey) && journey;
      });
    const settled = await read(good, (j) => j.status === 'settled');
    expect(settled.hops.map((h) => h.kind)).toEqual(['publish', 'queue', 'delivery', 'settlement']);
    const names = (kind: string) =>
      settled.hops.find((h) => h.kind === kind)?.spans.map((s) => `${s.service}: ${s.name}`);
    expect(names('publish')).toEqual([`billing: send ${queue}`]);
    expect(names('delivery')).toEqual([`billing: process ${queue}`, 'billing: POST /charges']);
    expect(settled.hops.find((h) => h.kind === 'delivery')?.source).toBe('firehose');

    const failed = await read(bad, (j) => j.hops.some((h) => h.error !== null));
    expect(failed.hops.find((h) => h.kind === 'delivery')?.error).toContain('card declined');
    expect(failed.hops.some((h) => h.kind === 'settlement')).toBe(false);
    await stage.broker('DELETE', `/api/queues/%2F/${queue}`);
  });

test('the door answers each refusal in the words of its status', async ({ stage }) => {
  const send = (headers: Record<string, string>, body: string | Buffer<ArrayBuffer>) =>
    fetch(`${stage.url}/v1/traces`, { method: 'POST', headers, body });
  const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20));
  const protobuf = { 'content-type': 'application/x-protobuf' };
  for (const [status, headers, body] of [
    [200, JSON_TYPE, '{}'],
    [200, { ...JSON_TYPE, origin: stage.url }, '{}'],
    [403, { ...JSON_TYPE, origin: 'http://evil.test' }, '{}'],
    [401, { ...JSON_TYPE, 'x-forwarded-for': '203.0.113.7' }, '{}'],
    [415, { 'content-type': 'text/plain' }, '{}'],
    [415, { ...JSON_TYPE, 'content-encoding': 'br' }, '{}'],
    [400, JSON_TYPE, '{"resourceSpans":1}'],
    [400, protobuf, Buffer.from([0x0a, 0x7f])],
    [413, { ...protobuf, 'content-encoding': 'gzip' }, bomb],
    [413, JSON_TYPE, Buffer.alloc(5 * 2 ** 20, ' ')],
  ] as const) {
    const answer = await send(headers, body);
    expect([status, answer.status]).toEqual([status, status]);
    const isProtobuf = 'content-type' in headers && headers['content-type'] === protobuf['content-type'];
    expect(answer.headers.get('content-type')).toBe(
      isProtobuf ? 'application/x-protobuf' : 'application/json',
    );
    const text = await answer.text();
    if (status !== 200 && !isProtobuf)
      expect(JSON.parse(text)).toEqual({ code: expect.any(Number), message: expect.any(String) });
  }
  expect(await statusAs('evil.test', stage.url)).toBe(421);
  const refused = await send(JSON_TYPE, '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0"}]}]}]}');
  expect(await refused.json()).toEqual({
    partialSuccess: { rejectedSpans: '1', errorMessage: 'bad trace ID: 1' },
  });
});

/** fetch sets the Host by itself. */
function statusAs(host: string, url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { ...JSON_TYPE, host };
    const call = httpRequest(`${url}/v1/traces`, { method: 'POST', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    call.on('error', reject).end('{}');
  });
}

test('mutated bodies get 200 or 400, never a fault of ours', async ({ stage }) => {
  const fixture: { body: string; headers: Record<string, string> } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../test/fixtures/otlp/protobuf-gzip.json'), 'utf8'),
  );
  const seen = new Set<number>();
  for (let i = 0; i < 300; i++) {
    const body = Buffer.from(fixture.body, 'base64');
    // every byte once over the rounds, some cut off at the end
    body[(i * 7) % body.length] = (i * 31) % 256;
    const sent = i % 5 === 0 ? body.subarray(0, body.length - (i % 40)) : body;
    const answer = await fetch(`${stage.url}/v1/traces`, {
      method: 'POST',
      headers: fixture.headers,
      body: sent,
    });
    await answer.arrayBuffer();
    seen.add(answer.status);
  }
  expect([...seen].sort()).toEqual([200, 400]);
});
