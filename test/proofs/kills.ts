/** Replays whose process, or whose broker, is killed by SIGKILL again and again, and started again. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type ConfirmChannel, connect } from 'amqplib';
import { isHoplightError } from '../../lib/model/errors.ts';
import { openStateStore } from '../../lib/store/sqlite/state-store.ts';
import { declarePair, depth, kill, type Reach, replayBench, until } from '../with-replays.ts';
import { reconcile, type Verdict } from './reconcile.ts';

const script = fileURLToPath(new URL('../replay-until-killed.ts', import.meta.url));
type QueueType = 'classic' | 'quorum';

export interface KillResult extends Verdict {
  type: QueueType;
  kills: number;
  state: string;
  tookMs: number;
}

/**
 * Dead letters of a queue `work.…`, alike in pairs, so that content alone does not tell them apart; all of them on the
 * broker's disk. A dead-lettering is not confirmed, and a broker that is killed loses what it had not written yet, which is
 * no fault of a replay: the last one is published as a dead letter, and its confirm means that those before it are written.
 */
async function dieOf(channel: ConfirmChannel, name: string, type: QueueType, messages: number) {
  await declarePair(channel, `work.${name}`, `dead.${name}`, type, { 'x-queue-type': type });
  const bodies = Array.from({ length: messages }, (_, i) => `same ${Math.floor(i / 2)}`);
  await kill(channel, `work.${name}`, `dead.${name}`, bodies, (i) => ({ messageId: `${i}` }));
  const messageId = `${messages}`;
  const death = { count: 1, reason: 'rejected', queue: `work.${name}`, exchange: '' };
  const headers = { 'x-death': [{ ...death, 'routing-keys': [`work.${name}`] }] };
  channel.sendToQueue(`dead.${name}`, Buffer.from('the last'), { persistent: true, messageId, headers });
  await channel.waitForConfirms();
  return [...bodies.map((_, i) => `${i}`), messageId];
}

/** Message IDs of all that lies ready in a queue, which is then empty. */
async function takeAll(channel: ConfirmChannel, queue: string): Promise<string[]> {
  const { messageCount } = await channel.checkQueue(queue);
  const ids: string[] = [];
  if (messageCount === 0) return ids;
  const { promise, resolve } = Promise.withResolvers<void>();
  const { consumerTag } = await channel.consume(
    queue,
    (message) => {
      ids.push(String(message?.properties.messageId));
      if (ids.length === messageCount) resolve();
    },
    { noAck: true },
  );
  await promise;
  await channel.cancel(consumerTag);
  return ids;
}

/** Resolves with true when it ended by itself, false when it was killed after `limit` copies, at whatever it did then. */
function runOnce(input: unknown, limit: number): Promise<boolean> {
  const child = spawn(process.execPath, [script, JSON.stringify(input)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  let ended = false;
  let confirmed = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    ended ||= line === 'ended';
    if (line.startsWith('confirmed')) confirmed += Number(line.split(' ')[1]);
    if (confirmed >= limit) setTimeout(end, confirmed % 7);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      process.off('exit', end);
      resolve(ended);
    });
  });
}

/** `after`: the copies of each run after which its process is killed; the last run is left alone. */
export async function killProcess(
  broker: Reach,
  o: { type: QueueType; messages: number; after: readonly number[]; stateFile: string; window?: number },
): Promise<KillResult> {
  const began = performance.now();
  const connection = await connect(broker.amqp);
  const channel = await connection.createConfirmChannel();
  const { type } = o;
  const sent = await dieOf(channel, type, type, o.messages);
  const { amqp, management, user, password, vhost } = broker;
  const reach = { amqp, management, user, password, vhost };
  const input = {
    broker: reach,
    stateFile: o.stateFile,
    queue: `dead.${type}`,
    window: o.window,
    followSeconds: 0,
  };
  let kills = 0;
  for (const limit of o.after) if (!(await runOnce(input, limit))) kills++;
  await runOnce(input, Number.POSITIVE_INFINITY);

  const store = openStateStore(o.stateFile);
  const [job] = store.listJobs(1);
  const rows = store.messages(job?.id ?? '', 2 * o.messages, 0);
  store.close();
  const arrived = await takeAll(channel, `work.${type}`);
  const left = await takeAll(channel, `dead.${type}`);
  await connection.close();
  const tookMs = Math.round(performance.now() - began);
  return { ...reconcile(sent, arrived, left, rows), type, kills, state: job?.state ?? 'none', tookMs };
}

export interface KillableBroker extends Reach {
  restart(how: { kill: boolean }): Promise<void>;
}

/**
 * A classic and a quorum queue are replayed at once while the broker is killed `kills` times; each time both are resumed.
 * `rate`: messages per second of each, so that a kill, which takes its time, meets both at work: what a broker forgets of a
 * replay that had ended, no resume can name.
 */
export async function killBroker(
  broker: KillableBroker,
  o: { messages: number; kills: number; rate?: number },
): Promise<KillResult[]> {
  const began = performance.now();
  let confirmed = 0;
  const record = (facts: readonly unknown[]) => {
    confirmed += facts.length;
  };
  const bench = await replayBench(broker, { record });
  const types = ['classic', 'quorum'] as const;
  const { replays, actor } = bench;
  let sent: string[] = [];
  for (const type of types) sent = await dieOf(bench.channel, `kept.${type}`, type, o.messages);
  const ids: string[] = [];
  for (const type of types)
    ids.push(
      (
        await replays.start(
          actor,
          bench.request({ queue: `dead.kept.${type}`, followSeconds: 0, rate: o.rate }),
        )
      ).id,
    );

  const share = (o.messages * types.length) / (o.kills + 1);
  const isOver = (id: string) => ['done', 'failed', 'interrupted'].includes(replays.get(id).state);
  for (let n = 1; n <= o.kills; n++) {
    // by what is sent since the last kill: the last kill, too, must meet a replay at work
    const from = confirmed;
    await until(
      () => confirmed >= from + share * 0.7 || ids.every(isOver),
      'no copies were confirmed',
      60_000,
    );
    await broker.restart({ kill: true });
    await until(() => ids.every(isOver), 'a replay did not see that the broker went', 60_000);
    for (const id of ids)
      if (replays.get(id).state === 'interrupted') await resumed(() => replays.resume(actor, id));
  }
  await until(() => ids.every(isOver), 'a replay did not end', 120_000);

  const connection = await connect(broker.amqp);
  const channel = await connection.createConfirmChannel();
  const results: KillResult[] = [];
  for (const [n, type] of types.entries()) {
    const id = ids[n] ?? '';
    const [work, dead] = [`work.kept.${type}`, `dead.kept.${type}`];
    // a quorum queue without a leader yet says that it is empty; what is missing after a while is
    await until(async () => (await depth(channel, work)) + (await depth(channel, dead)) >= o.messages).catch(
      () => {},
    );
    const arrived = await takeAll(channel, work);
    const left = await takeAll(channel, dead);
    const verdict = reconcile(sent, arrived, left, replays.messages(id, 2 * o.messages));
    const tookMs = Math.round(performance.now() - began);
    results.push({ ...verdict, type, kills: o.kills, state: replays.get(id).state, tookMs });
  }
  await connection.close();
  await bench.close();
  return results;
}

/** A node that just came back takes a while to be well. */
async function resumed(work: () => Promise<unknown>): Promise<void> {
  await until(
    async () => {
      try {
        await work();
        return true;
      } catch (error) {
        if (isHoplightError(error)) return false;
        throw error;
      }
    },
    'a replay could not be resumed',
    60_000,
  );
}
