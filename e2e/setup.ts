/** Starts a private broker and the built application once; the specs find both in the environment. Ends both. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer, startNode, stopNode } from '../script/lib/broker-node.ts';
import { startApp } from '../test/with-app.ts';

export default async function setup(): Promise<() => Promise<void>> {
  const name = `e2e-${process.pid}`;
  const node = answer(await startNode({ name, owner: process.pid }));
  const amqp = node.amqp.replace('amqp://', `amqp://${node.user}:${node.password}@`);
  const dataDir = mkdtempSync(join(tmpdir(), 'hoplight-e2e-'));
  process.env.E2E_NODE = name;
  process.env.E2E_AMQP = amqp;
  process.env.E2E_MANAGEMENT = node.management;
  try {
    const app = await startApp({
      amqp,
      management: node.management,
      dataDir,
      env: { HOPLIGHT_AUTO_SIGN_IN: '1' },
    });
    process.env.E2E_URL = app.url;
    return async () => {
      await app.stop();
      await stopNode(name, { kill: true, wipe: true });
      rmSync(dataDir, { recursive: true, force: true });
    };
  } catch (error) {
    await stopNode(name, { kill: true, wipe: true });
    throw error;
  }
}
