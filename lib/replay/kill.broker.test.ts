/**
 * Hazards 1 and 30: the process is killed (SIGKILL) again and again while it replays, at whatever it does then, and
 * started again. Told by message IDs: nothing is lost, what came twice is listed as possibly duplicated, and there is no
 * more of it than one window a kill.
 *
 *   start ──▶ 150 confirmed ✕ kill ──▶ resume ──▶ 75 confirmed ✕ kill ──▶ … ──▶ resume ──▶ done
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { brokerVersions, withBroker } from '../../test/with-broker.ts';
import { declarePair, depth, drain, kill, replayBench } from '../../test/with-replays.ts';
import { openStateStore } from '../store/sqlite/state-store.ts';
import { DEFAULT_WINDOW } from './deps.ts';

const script = fileURLToPath(new URL('../../test/replay-until-killed.ts', import.meta.url));
const MESSAGES = 2_000;
/** Confirmed copies after which the process is killed; the last run is left alone. */
const KILLS = [1, 150, 75, 310, 30, 220];

/** Resolves with true when it ended by itself, false when it was killed after `limit` copies. */
function runOnce(input: unknown, limit: number): Promise<boolean> {
  const child = spawn(process.execPath, [script, JSON.stringify(input)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let ended = false;
  let confirmed = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    ended ||= line === 'ended';
    if (line.startsWith('confirmed')) confirmed += Number(line.split(' ')[1]);
    // a little later, at whatever it does then
    if (confirmed >= limit) setTimeout(() => child.kill('SIGKILL'), confirmed % 7);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(ended));
  });
}

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const bench = await replayBench(broker);
  const dir = mkdtempSync(join(tmpdir(), 'hoplight-kill-'));
  afterAll(async () => {
    await bench.close();
    rmSync(dir, { recursive: true });
  });

  test.each(['classic', 'quorum'] as const)(
    `a %s queue on ${version} loses nothing to six kills`,
    { timeout: 120_000 },
    async (type) => {
      const { channel } = bench;
      const queue = `dead.${type}`;
      await declarePair(channel, `work.${type}`, queue, type);
      // alike in pairs, so that content alone does not tell them apart
      const bodies = Array.from({ length: MESSAGES }, (_, i) => `same ${Math.floor(i / 2)}`);
      await kill(channel, `work.${type}`, queue, bodies, (i) => ({ messageId: `${i}` }));

      const { amqp, management, user, password, vhost } = broker;
      const stateFile = join(dir, `${type}.db`);
      const input = { broker: { amqp, management, user, password, vhost }, stateFile, queue };
      let kills = 0;
      for (const limit of KILLS) if (!(await runOnce(input, limit))) kills++;
      expect(kills).toBe(KILLS.length);
      expect(await runOnce(input, Number.POSITIVE_INFINITY)).toBe(true);

      const state = openStateStore(stateFile);
      const [job] = state.listJobs(1);
      const rows = state.messages(job?.id ?? '', 2 * MESSAGES, 0);
      state.close();
      const copies = (await drain(channel, `work.${type}`)).map((c) => String(c.properties.messageId));
      const times = new Map<string, number>();
      for (const id of copies) times.set(id, (times.get(id) ?? 0) + 1);
      const doubled = [...times].filter(([, n]) => n > 1).map(([id]) => id);
      const listed = new Set(rows.filter((r) => r.possiblyDuplicated).map((r) => r.ids.messageId));

      expect(job).toMatchObject({ state: 'done' });
      expect(await depth(channel, queue)).toBe(0);
      expect(times.size).toBe(MESSAGES);
      expect(rows).toHaveLength(MESSAGES);
      expect(new Set(rows.map((r) => r.ids.messageId)).size).toBe(MESSAGES);
      expect(doubled.filter((id) => !listed.has(id))).toEqual([]);
      expect(copies.length - MESSAGES).toBeLessThanOrEqual(kills * DEFAULT_WINDOW);
      expect(listed.size).toBeLessThanOrEqual(kills * DEFAULT_WINDOW);
      console.info(
        `${version} ${type}: ${kills} kills, ${copies.length - MESSAGES} copies twice, ${listed.size} listed, 0 lost`,
      );
    },
  );
}
