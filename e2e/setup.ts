/**
 * Starts a private broker and the built application for each worker; its specs find both in the environment. Ends all. A
 * worker has them for itself, since stories stop the broker.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FullConfig } from 'playwright/test';
import { answer, startNode, stopNode } from '../script/lib/broker-node.ts';
import { quickStatistics } from '../test/broker-run.ts';
import { startApp, type TestApp } from '../test/with-app.ts';

export default async function setup({ workers }: FullConfig): Promise<() => Promise<void>> {
  const ends: (() => Promise<void>)[] = [];
  const endAll = async () => {
    await Promise.all(ends.map((end) => end()));
  };
  try {
    const stages = Array.from({ length: workers }, (_, worker) =>
      startStage(worker).then((end) => void ends.push(end)),
    );
    const failed = (await Promise.allSettled(stages)).find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    return endAll;
  } catch (error) {
    await endAll();
    throw error;
  }
}

/** Gives what ends it. */
async function startStage(worker: number): Promise<() => Promise<void>> {
  const name = `e2e-${process.pid}-${worker}`;
  const dataDir = mkdtempSync(join(tmpdir(), 'hoplight-e2e-'));
  let app: TestApp | undefined;
  const end = async () => {
    await app?.stop();
    await stopNode(name, { kill: true, wipe: true });
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const node = answer(await startNode({ name, owner: process.pid, config: quickStatistics }));
    const amqp = node.amqp.replace('amqp://', `amqp://${node.user}:${node.password}@`);
    const { management } = node;
    // on a busy machine every reading is dear, and they would come more and more seldom
    const env = { HOPLIGHT_AUTO_SIGN_IN: '1', HOPLIGHT_READ_SHARE: '50%' };
    app = await startApp({ amqp, management, dataDir, env });
    const stage = { NODE: name, AMQP: amqp, MANAGEMENT: management, URL: app.url };
    for (const [what, value] of Object.entries(stage)) process.env[`E2E_${what}_${worker}`] = value;
    return end;
  } catch (error) {
    await end();
    throw error;
  }
}
