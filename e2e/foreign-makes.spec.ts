/**
 * Clients of four makes in one trace, none of which knows Hoplight: one journey.
 *
 *   amqp-publish (C) ──▶ ex:orders ─┬─▶ ▭billing ──▶ pika (Python) ──▶ ▭invoices ──▶ mailer (OpenTelemetry, OTLP) ✓
 *                                   └─▶ ▭audit ──▶ amqp-consume (C)
 */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { journeyAnswerSchema } from '../lib/model/api.ts';
import { findForeignClients } from '../script/lib/foreign-clients.ts';
import { draw, drawing } from '../test/scenarios/drawing.ts';
import { until } from '../test/with-app.ts';
import { expect, test } from './stage.ts';

const run = promisify(execFile);
const clients = resolve(import.meta.dirname, '../test/clients');
const own = `makes-${process.pid}.`;

/** Starts it and waits for its first word, "ready"; `ended` resolves when it ends well, and rejects with what it said. */
async function service(command: string, args: string[], env: NodeJS.ProcessEnv) {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = new Promise<void>((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code) =>
      code === 0 ? done() : fail(new Error(`${command} ended with ${code}: ${said}`)),
    );
  });
  await Promise.race([once(child.stdout, 'data'), ended]);
  return { ended, stop: () => child.kill('SIGKILL') };
}

test('an order sent by amqp-publish, billed by pika, mailed by a service with OpenTelemetry is one journey', async ({
  page,
  stage,
  client,
}) => {
  const foreign = findForeignClients();
  test.skip(foreign === null, 'amqp-tools and pika are not here: script/test fetches them where apt can');
  if (foreign === null) return;
  const channel = await client.createChannel();
  const [billing, audit, invoices] = [`${own}billing`, `${own}audit`, `${own}invoices`];
  for (const queue of [billing, audit, invoices]) await channel.assertQueue(queue, { durable: true });
  await channel.assertExchange(`${own}orders`, 'topic');
  for (const queue of [billing, audit]) await channel.bindQueue(queue, `${own}orders`, 'order.*');

  const pika = await service(
    foreign.python,
    [join(clients, 'pika_billing.py'), stage.amqp, billing, invoices],
    foreign.env,
  );
  const mailer = await service(process.execPath, [join(clients, 'otel-mailer.ts'), stage.amqp, invoices], {
    ...process.env,
    OTEL_EXPORTER_OTLP_ENDPOINT: stage.url,
  });
  const trace = randomBytes(16).toString('hex');
  try {
    await run(
      foreign.amqpPublish,
      [
        ...['--url', stage.amqp, '--exchange', `${own}orders`, '--routing-key', 'order.created'],
        ...['--header', `traceparent: 00-${trace}-${randomBytes(8).toString('hex')}-01`],
        ...['--content-type', 'application/json', '--body', '{"order":8841}'],
      ],
      { env: foreign.env },
    );
    await run(foreign.amqpConsume, ['--url', stage.amqp, '--queue', audit, '--count', '1', 'cat'], {
      env: foreign.env,
    });
    await Promise.all([pika.ended, mailer.ended]);

    const expected = drawing(`
      publish orders(order.created)
        > audit > delivered 1
        > billing > delivered 1 > publish default(invoices) > invoices > delivered 1 > settled
      = delivered`);
    const look = async () => {
      const answer = await stage.api('GET', `/api/journeys/${trace}`);
      return answer.ok ? journeyAnswerSchema.parse(await answer.json()).journey : null;
    };
    const journey = await until('the journey', async () => {
      const now = await look();
      return now && (draw(now, own) === expected || now.hops.some((h) => h.kind === 'settlement'))
        ? now
        : null;
    });
    expect(draw(journey, own)).toBe(expected);
    const mailed = journey.hops.find((hop) => hop.kind === 'delivery' && hop.queue === invoices);
    expect(mailed?.spans.map((s) => [s.service, s.kind, s.name])).toEqual([
      ['mailer', 'consumer', `process ${invoices}`],
      ['mailer', 'client', 'smtp send'],
    ]);

    await page.goto(`/journeys/trace:${trace}?hop=${mailed?.id}`);
    const main = page.getByRole('main');
    for (const queue of [billing, audit, invoices]) await expect(main).toContainText(queue);
    await page.getByRole('tab', { name: /^Span/ }).click();
    await expect(page.getByRole('tabpanel')).toContainText('OTLP from mailer');
  } finally {
    pika.stop();
    mailer.stop();
    for (const queue of [billing, audit, invoices]) await channel.deleteQueue(queue);
    await channel.deleteExchange(`${own}orders`);
  }
});
