/** A service that knows nothing of Hoplight or OpenTelemetry has its journey too. */
import { randomUUID } from 'node:crypto';
import { journeyAnswerSchema, journeyListSchema } from '../lib/model/api.ts';
import { until } from '../test/with-app.ts';
import { expect, test } from './stage.ts';

for (const [what, id, properties] of [
  ['X-Trace-ID', `order-${randomUUID()}`, (id: string) => ({ headers: { 'X-Trace-ID': id } })],
  ['correlation ID', `c-${randomUUID()}`, (id: string) => ({ correlationId: id })],
  ['message ID', `m-${randomUUID()}`, (id: string) => ({ messageId: id })],
  [
    'traceparent',
    '4bf92f3577b34da6a3ce929d0e0e4736',
    (id: string) => ({ headers: { traceparent: `00-${id}-00f067aa0ba902b7-01` } }),
  ],
] as const)
  test(`a message that a plain client sends with only a ${what} has its journey`, async ({
    page,
    stage,
    client,
  }) => {
    const channel = await client.createChannel();
    const queue = `foreign.${randomUUID().slice(0, 8)}`;
    await channel.assertQueue(queue, { durable: false });
    await channel.consume(queue, () => undefined, { noAck: true });
    channel.sendToQueue(queue, Buffer.from('{"order":8841}'), properties(id));

    const found = await until('the journey', async () => {
      const list = journeyListSchema.parse(
        await (await stage.api('GET', `/api/journeys?q=${encodeURIComponent(id)}`)).json(),
      );
      return list.journeys.find((j) => j.deliveries > 0);
    });
    const { journey } = journeyAnswerSchema.parse(
      await (await stage.api('GET', `/api/journeys/${encodeURIComponent(found.id)}`)).json(),
    );
    expect(journey.hops.map((h) => h.kind)).toEqual(['publish', 'queue', 'delivery']);
    expect(journey.hops.every((h) => h.provenance === 'observed')).toBe(true);
    expect(journey.hops[2]).toMatchObject({ queue, source: 'firehose', attempt: 1 });

    await page.goto(`/journeys?q=${encodeURIComponent(id)}`);
    await expect(page.getByRole('main')).toContainText(queue);
    await channel.deleteQueue(queue);
  });
