/**
 * Hazards 1, 23 and 30: the process is killed (SIGKILL) again and again while it replays, at whatever it does then, and
 * started again; and so is the broker. Told by message IDs: nothing is lost, what came twice is listed as possibly
 * duplicated, and there is no more of it than one window a kill. `script/prove kills broker` does it with 20,000 messages.
 *
 *   start ──▶ 150 confirmed ✕ kill ──▶ resume ──▶ 75 confirmed ✕ kill ──▶ … ──▶ resume ──▶ done
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { killBroker, killProcess } from '../../test/proofs/kills.ts';
import { brokerVersions, withBroker } from '../../test/with-broker.ts';
import { KILLED_WINDOW } from '../../test/with-replays.ts';

const MESSAGES = 2_000;
/** Confirmed copies after which the process is killed; the last run is left alone. */
const KILLS = [1, 150, 310, 30];

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const dir = mkdtempSync(join(tmpdir(), 'hoplight-kill-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  // what is journalled is the same for all; classic queues differ between the versions
  const types = version === brokerVersions.at(-1) ? (['classic', 'quorum'] as const) : (['classic'] as const);
  test.each(types)(
    `a %s queue on ${version} loses nothing to four kills`,
    { timeout: 120_000 },
    async (type) => {
      const stateFile = join(dir, `${type}.db`);
      const result = await killProcess(broker, { type, messages: MESSAGES, after: KILLS, stateFile });
      expect(result).toMatchObject({ state: 'done', kills: KILLS.length, lost: [], unlisted: [], left: 0 });
      expect(result.arrived).toBe(result.messages);
      expect(result.twice).toBeLessThanOrEqual(KILLS.length * KILLED_WINDOW);
      expect(result.listed).toBeLessThanOrEqual(KILLS.length * KILLED_WINDOW);
    },
  );

  test(`a broker ${version} that is killed meanwhile loses nothing`, { timeout: 120_000 }, async () => {
    for (const result of await killBroker(broker, { messages: MESSAGES, kills: 1, rate: MESSAGES / 4 }))
      expect(result).toMatchObject({ state: 'done', lost: [], unlisted: [] });
  });
}
