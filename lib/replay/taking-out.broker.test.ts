/**
 * Hazard 26 and moves: messages that leave their queue for good. A deletion writes each to a file first and acknowledges it
 * only then, so that no dead-letter exchange ever hears of it and no crash can take one that is not in the file.
 *
 *   read ──▶ line on the disk ──▶ ack        killed between the two: line and message are both there
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { brokerVersions, type TestBroker, withBroker } from '../../test/with-broker.ts';
import {
  actorOf,
  declarePair,
  depth,
  drain,
  KILLED_WINDOW,
  kill,
  replayBench,
  until,
} from '../../test/with-replays.ts';
import { rawHeaders, rawProperties, splitProperties } from '../amqp/properties.ts';
import { openStateStore } from '../store/sqlite/state-store.ts';
import { exportLines } from './export-file.ts';
import { exportFile } from './lane-for.ts';

const script = fileURLToPath(new URL('../../test/replay-until-killed.ts', import.meta.url));
const names = (n: number) => Array.from({ length: n }, (_, i) => `b-${i}`);

interface Line {
  seq: number;
  exchange: string;
  routingKey: string;
  rawProperties: string;
  body: string;
  properties: { messageId?: string };
  deaths: { queue: string; reason: string }[];
}
async function linesOf(file: string): Promise<Line[]> {
  const out: Line[] = [];
  for await (const line of exportLines(file)) out.push(JSON.parse(line.toString()));
  return out;
}

/** What lies in the queue, byte for byte, and stays there. */
async function peek(broker: TestBroker, queue: string): Promise<{ raw: string; body: string }[]> {
  const connection = await actorOf(broker.amqp, broker.user).connect(broker.vhost, 'peek');
  const channel = await connection.channel();
  const out: { raw: string; body: string }[] = [];
  for (let m = await channel.get(queue); m; m = await channel.get(queue))
    out.push({ raw: rawProperties(m)?.toString('base64') ?? '', body: m.content.toString('base64') });
  await connection.close();
  return out;
}

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const dir = mkdtempSync(join(tmpdir(), 'hoplight-out-'));
  const exportsDir = join(dir, 'exports');
  const bench = await replayBench(broker, { exportsDir });
  const { channel } = bench;
  afterAll(async () => {
    await bench.close();
    rmSync(dir, { recursive: true });
  });
  const deletion = (queue: string) => ({ queue, act: 'delete' as const, consent: ['deletes'] });

  describe(`taking messages out on ${version}`, () => {
    test.each([
      ['classic', 'no dead-letter exchange'],
      ['quorum', 'a dead-letter exchange that leads on'],
    ] as const)(
      '26: a %s queue with %s gives its messages to the file, and to nobody else',
      async (type, dlx) => {
        const [work, dead, further] = [`work26 ${type}`, `dead26 ${type}`, `further26 ${type}`];
        await channel.assertQueue(further, { durable: true });
        const leads = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': further };
        await channel.assertQueue(dead, {
          durable: true,
          arguments: { 'x-queue-type': type, ...(dlx.startsWith('a ') ? leads : {}) },
        });
        const toDead = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead };
        await channel.assertQueue(work, { durable: true, arguments: toDead });
        const everyByte = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
        await kill(channel, work, dead, [...names(99), everyByte], (n) => ({ headers: { n, f: 1.5 } }));
        await until(async () => (await depth(channel, dead)) === 100);
        const before = await peek(broker, dead);
        await until(async () => (await depth(channel, dead)) === 100);

        const refused = bench.replays.start(bench.actor, bench.request({ queue: dead, act: 'delete' }));
        await expect(refused).rejects.toMatchObject({ code: 'consent_needed' });
        const job = await bench.replay(deletion(dead));
        expect(job).toMatchObject({ state: 'done', exported: { messages: 100 } });
        expect(job.counts).toMatchObject({
          selected: 100,
          deleted: 100,
          confirmed: 0,
          possiblyDuplicated: 0,
        });
        const file = exportFile(exportsDir, job.id);
        expect(statSync(file).mode & 0o777).toBe(0o600);
        expect(statSync(file).size).toBe(job.exported?.bytes);
        const lines = await linesOf(file);
        // a quorum queue counts our own peek in x-delivery-count (3.10) or x-acquired-count (4.x): that header aside
        const counted = /^x-(delivery|acquired)-count$/;
        const plain = (raw: string) => {
          const bytes = Buffer.from(raw, 'base64');
          const parts = [...splitProperties(bytes)].filter(([name]) => name !== 'headers');
          const headers = rawHeaders(bytes).filter((h) => !counted.test(h.name));
          return JSON.stringify([
            parts.map(([, b]) => b.toString('hex')),
            headers.map((h) => h.raw.toString('hex')),
          ]);
        };
        expect(lines.map((l) => l.body).sort()).toEqual(before.map((m) => m.body).sort());
        expect(lines.map((l) => plain(l.rawProperties)).sort()).toEqual(
          before.map((m) => plain(m.raw)).sort(),
        );
        expect(lines.every((l) => l.exchange === '' && l.routingKey === dead)).toBe(true);
        expect(lines.every((l) => l.deaths[0]?.queue === work && l.deaths[0].reason === 'rejected')).toBe(
          true,
        );
        expect(await depth(channel, dead)).toBe(0);
        expect(await depth(channel, further)).toBe(0);
        const [act] = bench.state.listActs(1);
        expect(act).toMatchObject({
          kind: 'delete',
          outcome: 'done: 100 deleted',
          href: `/replays/${job.id}`,
        });
        expect(act?.words).toBe(`Delete 100 messages of ${dead}, each written to a file first`);
      },
    );

    test('26: only the chosen ones are taken out, and nothing when the file cannot be written', async () => {
      await declarePair(channel, 'work26b', 'dead26b', 'quorum');
      await kill(channel, 'work26b', 'dead26b', names(20));
      const blocked = join(dir, 'a file');
      writeFileSync(blocked, '');
      const without = await replayBench(broker, { exportsDir: blocked });
      const failed = await without.replay(deletion('dead26b'));
      await without.close();
      expect(failed).toMatchObject({ state: 'failed', exported: null });
      expect(failed.counts.deleted).toBe(0);
      expect(await depth(channel, 'dead26b')).toBe(20);
      await bench.readBroker();
      const page = await bench.replays.readDeadLetters(bench.actor, broker.vhost, 'dead26b', 100);
      const ids = page.messages.filter((_, i) => i % 4 === 1).map((m) => m.id);
      const job = await bench.replay({ ...deletion('dead26b'), select: { kind: 'messages', ids } });
      expect(job.counts).toMatchObject({ selected: 5, deleted: 5 });
      const gone = (await linesOf(exportFile(exportsDir, job.id))).map((l) => l.properties.messageId);
      expect(gone).toEqual(['m1', 'm5', 'm9', 'm13', 'm17']);
      expect((await drain(channel, 'dead26b')).map((m) => m.properties.messageId)).toEqual(
        names(20).flatMap((_, i) => (i % 4 === 1 ? [] : [`m${i}`])),
      );
    });

    test('26: killed again and again between file and ack, no message is in neither, and doubles are listed', async () => {
      const total = 1_200;
      await declarePair(channel, 'work26c', 'dead26c', version === '3.10' ? 'classic' : 'quorum');
      await kill(channel, 'work26c', 'dead26c', names(total));
      const { amqp, management, user, password, vhost } = broker;
      const stateFile = join(dir, 'kills.db');
      const input = {
        broker: { amqp, management, user, password, vhost },
        stateFile,
        exportsDir: join(dir, 'kills'),
        ...deletion('dead26c'),
      };
      let kills = 0;
      for (const limit of [1, 250]) if (!(await killedAt(input, limit))) kills++;
      expect(kills).toBe(2);
      expect(await killedAt(input, Number.POSITIVE_INFINITY)).toBe(true);
      const state = openStateStore(stateFile);
      const [job] = state.listJobs(1);
      const rows = state.messages(job?.id ?? '', 2 * total, 0);
      state.close();
      const file = exportFile(input.exportsDir, job?.id ?? '');
      const lines = await linesOf(file);
      const written = readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((l) => Number(JSON.parse(l).seq));
      const twice = [...new Set(written.filter((seq, i) => written.indexOf(seq) !== i))];
      const listed = new Set(rows.filter((r) => r.possiblyDuplicated).map((r) => r.seq));
      expect(job).toMatchObject({
        state: 'done',
        exported: { messages: lines.length, bytes: statSync(file).size },
      });
      expect(await depth(channel, 'dead26c')).toBe(0);
      // in the file, or lost: nothing is left in the queue
      expect(new Set(lines.map((l) => l.properties.messageId)).size).toBe(total);
      expect(rows.filter((r) => r.outcome === 'deleted')).toHaveLength(total);
      expect(twice.filter((seq) => !listed.has(seq))).toEqual([]);
      expect(listed.size).toBeLessThanOrEqual(kills * KILLED_WINDOW);
      console.info(`${version}: ${kills} kills, ${twice.length} lines twice, ${listed.size} listed, 0 lost`);
    });

    test.each(['classic', 'quorum'] as const)(
      'a move into a %s queue keeps bytes and deaths, and loses nothing',
      async (type) => {
        const [work, dead, aside] = [`work-m ${type}`, `dead-m ${type}`, `aside ${type}`];
        await declarePair(channel, work, dead, type);
        await channel.assertQueue(aside, { durable: true, arguments: { 'x-queue-type': type } });
        await kill(channel, work, dead, names(150), (n) => ({
          headers: { n, CC: ['nowhere'] },
          correlationId: `c${n}`,
          priority: 3,
        }));
        const before = await peek(broker, dead);
        await until(async () => (await depth(channel, dead)) === 150);
        const job = await bench.replay({ queue: dead, act: 'move', target: { kind: 'queue', queue: aside } });
        expect(job).toMatchObject({ state: 'done', counts: { selected: 150, confirmed: 150 } });
        expect(await depth(channel, dead)).toBe(0);
        expect(await depth(channel, aside)).toBe(150);
        const after = await peek(broker, aside);
        const told = (list: typeof before) =>
          list.map(({ raw, body }) => storyOf(Buffer.from(raw, 'base64'), body)).sort();
        expect(told(after)).toEqual(told(before));
        const [act] = bench.state.listActs(1);
        expect(act).toMatchObject({ kind: 'move', outcome: 'done: 150 confirmed' });
        expect(act?.words).toBe(`Move 150 messages of ${dead} to ${aside}`);
        expect(bench.state.verifyChain()).toMatchObject({ state: 'whole' });
        await drain(channel, aside);
      },
    );
  });
}

/** Everything that a move promises to keep, as text: all bytes but CC and the left queue's counts, and the deaths' own bytes. */
function storyOf(raw: Buffer, body: string): string {
  const parts = [...splitProperties(raw)].flatMap(([name, b]) =>
    name === 'headers' ? [] : [`${name} ${b.toString('hex')}`],
  );
  const headers = rawHeaders(raw);
  // where the broker forgets a client's x-death at the next one (4.x), the same bytes stand in x-original-death
  const deaths =
    headers.find((h) => h.name === 'x-original-death') ?? headers.find((h) => h.name === 'x-death');
  const own = headers
    .filter((h) => !/^(CC|x-death|x-original-death|x-delivery-count|x-acquired-count)$/.test(h.name))
    .map((h) => h.raw.toString('hex'))
    // 4.3 sorts a table's keys
    .sort();
  return JSON.stringify([body, parts, own, deaths?.typed.toString('hex')]);
}

/** True when the process ended by itself; it is killed soon after it has written `limit` lines. */
function killedAt(input: { exportsDir: string; stateFile: string }, limit: number): Promise<boolean> {
  const child = spawn(process.execPath, [script, JSON.stringify(input)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let ended = false;
  child.stdout.on('data', (text: Buffer) => {
    ended ||= text.toString().includes('ended');
  });
  const bytesPerLine = 700;
  const before = sizeOf(input.exportsDir);
  const watch = setInterval(() => {
    if (sizeOf(input.exportsDir) - before < limit * bytesPerLine) return;
    clearInterval(watch);
    // a little later, at whatever it does then
    setTimeout(() => child.kill('SIGKILL'), 5 + (limit % 17));
  }, 1);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      clearInterval(watch);
      resolve(ended);
    });
  });
}

function sizeOf(folder: string): number {
  try {
    return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  } catch {
    return 0;
  }
}
