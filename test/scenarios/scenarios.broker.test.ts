/**
 * The whole way from a broker to a journey: real clients, the real taps, a real store, and what is assembled from it
 * compared with what a person would draw. All scenarios of a version are played at once in one vhost, then looked at.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assemble } from '../../lib/journey/assemble.ts';
import { isOwnQueue, type Snapshot } from '../../lib/model/broker.ts';
import { route } from '../../lib/model/topology.ts';
import { brokerVersions, withBroker } from '../with-broker.ts';
import { type Listening, listenTo } from '../with-capture.ts';
import { amqp10 } from './amqp10.ts';
import { deaths } from './deaths.ts';
import { draw, drawing } from './drawing.ts';
import { retries } from './retries.ts';
import { routing } from './routing.ts';
import { type Scenario, Scene } from './scene.ts';
import { traces } from './traces.ts';

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const scenarios = [...routing, ...deaths, ...retries, ...traces, ...amqp10].filter(
    ({ on }) => on?.(broker.version) ?? true,
  );
  const plays = scenarios
    .filter(({ missing }) => !missing)
    .map((scenario) => ({ scenario, ended: Promise.withResolvers<void>() }));
  for (const { ended } of plays) ended.promise.catch(() => {});

  describe(`scenarios on RabbitMQ ${version}`, () => {
    const dir = mkdtempSync(join(tmpdir(), 'hoplight-scenarios-'));
    let tap: Listening;
    let topology: Snapshot;
    let scenes: Scene[] = [];
    let close: () => Promise<unknown>;

    beforeAll(async () => {
      tap = await listenTo(broker, dir);
      const clients = await Promise.all([connect(broker.amqp), connect(broker.amqp)]);
      const [publishers, consumers] = clients;
      for (const client of clients) client.on('error', () => {});
      close = () => Promise.all(clients.map((client) => client.close().catch(() => {})));
      scenes = await Promise.all(
        plays.map(async ({ scenario }, i) => {
          const scene = new Scene(broker, i, await publishers.createConfirmChannel(), consumers);
          await scenario.declare(scene);
          return scene;
        }),
      );
      topology = await tap.lookAgain();
      const exchanges = scenes.flatMap((scene) => [...scene.deadLetterExchanges]);
      await tap.until(() => {
        const { state, deadLetterExchanges } = tap.status();
        const tapped = new Set(deadLetterExchanges.filter((e) => e.tapped).map((e) => e.exchange));
        return state === 'on' && exchanges.every((exchange) => tapped.has(exchange));
      }, 'the taps');
      plays.forEach(({ scenario, ended }, i) => {
        const scene = scenes[i];
        if (scene) scenario.act(scene).then(() => ended.resolve(), ended.reject);
      });
    });
    afterAll(async () => {
      await close?.();
      await tap?.stop();
      rmSync(dir, { recursive: true, force: true });
    });

    /** What there is now, drawn; the line that lists show must agree on how it stands. */
    function drawn(scenario: Scenario, scene: Scene): string {
      const id = scenario.journey?.(scene) ?? `message:${scene.id}`;
      const facts = tap.reader.journeyFacts(id, 500);
      const journey = assemble(facts, tap.reader.gaps(facts[0]?.at ?? 0, Date.now()), {
        routes: (vhost, exchange, keys) =>
          route(topology, vhost, exchange, keys).queues.filter((queue) => !isOwnQueue(queue)),
      });
      const { journeys } = tap.reader.list({ limit: 200 }, [broker.vhost]);
      const listed = journeys.find((line) => line.id === id)?.status;
      const differs = listed === journey.status ? '' : `, but lists say ${listed}`;
      return draw(journey, scene.own) + differs;
    }
    const expected = ({ drawn: text }: Scenario) =>
      drawing(typeof text === 'string' ? text : text(broker.version));

    for (const [i, { scenario, ended }] of plays.entries())
      test(scenario.name, async () => {
        await ended.promise;
        const scene = scenes[i];
        if (!scene) throw new Error('it was not declared');
        // Events are on their way for a moment after the broker has done its part; a picture that stays wrong is shown.
        for (
          const end = Date.now() + 5_000;
          Date.now() < end && drawn(scenario, scene) !== expected(scenario);
        )
          await delay(20);
        expect(drawn(scenario, scene)).toBe(expected(scenario));
      });

    for (const { name, missing } of scenarios) if (missing) test.skip(`${name} (${missing})`);

    test('nothing was lost, counted twice or added later: every picture still stands', async () => {
      await tap.until(() => tap.capture.status().counts.inMemory === 0, 'everything to be stored');
      const { received, stored, inMemory, dropped } = tap.capture.status().counts;
      expect(received).toBe(Object.values(dropped).reduce((a, b) => a + b, stored + inMemory));
      for (const [i, { scenario }] of plays.entries()) {
        const scene = scenes[i];
        if (scene) expect(drawn(scenario, scene)).toBe(expected(scenario));
      }
    });
  });
}
