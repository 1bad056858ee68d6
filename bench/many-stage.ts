/** A broker with thousands of queues, most at rest, for the parts that measure what many cost. Nothing is left behind. */
import { answer, type NodeAnswer, startNode, stopNode } from '../script/lib/broker-node.ts';
import { say } from '../script/lib/shell.ts';
import { declareMany, type InUse, keepInUse, type ManyQueues, manyName } from '../test/many-queues.ts';
import { startApp, type TestApp } from '../test/with-app.ts';
import { type OverviewStage, overviewCosts } from './overview.ts';
import { pageTimes } from './page-times.ts';
import type { OverviewResults, PageResults } from './result.ts';
import { signIn, wait } from './stage.ts';

/** Messages a second over all queues in use: some change at each reading. */
const PER_SECOND = 20;

export interface ManyStage {
  node: NodeAnswer;
  overview(signal: AbortSignal): Promise<OverviewResults>;
  pages(signal: AbortSignal): Promise<{ value: PageResults; chromium: string }>;
  stop(): Promise<void>;
}

export async function startManyStage(o: { version?: string | undefined }): Promise<ManyStage> {
  const name = `bench-many-${process.pid}`;
  const node = answer(await startNode({ name, version: o.version, owner: process.pid }));
  const amqp = node.amqp.replace('amqp://', `amqp://${node.user}:${node.password}@`);
  let there = 0;
  let use: InUse | null = null;

  /** A fiftieth holds messages, a hundredth is in use. */
  async function grow(count: number, signal: AbortSignal): Promise<void> {
    if (there >= count) return;
    await use?.stop();
    say(`Declaring ${count.toLocaleString('en')} queues`);
    const many: ManyQueues = { amqp, count, holding: count / 50, used: count / 100 };
    await declareMany(many, there);
    there = count;
    use = await keepInUse(many, PER_SECOND);
    await wait(5_000, signal); // what the broker does for each new queue
  }
  const start = () => startApp({ amqp, management: node.management });
  // what the taps cost is measured by itself: `script/bench capture`
  const startUntapped = () => startApp({ amqp, management: node.management, env: { HOPLIGHT_TAP: 'off' } });

  return {
    node,
    async overview(signal) {
      const results: OverviewResults = { costs: [], left: [] };
      for (const [queues, windows] of sizes) {
        try {
          await grow(queues, signal);
          say(`Measuring at ${queues.toLocaleString('en')} queues`);
          results.costs.push(await overviewCosts({ node, queues, windows, startApp: startUntapped }, signal));
        } catch (error) {
          signal.throwIfAborted();
          // what was measured is kept
          results.left.push({ queues, why: error instanceof Error ? error.message : String(error) });
        }
      }
      return results;
    },
    async pages(signal) {
      const queues = 10_000;
      await grow(queues, signal);
      const app = await start();
      try {
        const session = await signIn(app, node);
        await untilRead(app, session, queues, signal);
        return await pageTimes({ app, session, queues, queue: manyName(0), visits: 3 }, signal);
      } finally {
        await app.stop();
      }
    },
    async stop() {
      await use?.stop().catch(() => undefined);
      await stopNode(name, { kill: true, wipe: true });
    },
  };
}

const sizes: readonly [number, OverviewStage['windows']][] = [
  [1_000, { each: 15_000, settle: 20_000 }],
  [10_000, { each: 30_000, settle: 60_000 }],
];

/** Until the application has read them all. */
async function untilRead(app: TestApp, session: string, queues: number, signal: AbortSignal): Promise<void> {
  for (const end = performance.now() + 60_000; ; await wait(500, signal)) {
    const response = await fetch(`${app.url}/api/queues`, {
      headers: { cookie: `hoplight_session=${session}` },
      signal,
    });
    const list: { total?: number } = await response.json();
    if ((list.total ?? 0) >= queues) return;
    if (performance.now() > end)
      throw new Error(`${list.total} of ${queues} queues were read within a minute`);
  }
}
