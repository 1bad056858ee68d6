/**
 * `script/replay`: plans and runs replays through the API, for scripts and CI jobs. What programs read goes to stdout, what
 * people follow to stderr; the exit code says how it ended (replay-help.ts).
 *
 *   read flags ─▶ POST dryRun ─▶ plan, 0 or 2
 *             └─▶ POST with Idempotency-Key (twice, where no answer came) ─▶ 0
 *                    └─ --wait: ask each second until it ended ─▶ receipt ─▶ 0, 3 or 4
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import * as api from '../../lib/model/api.ts';
import type { ReplayJob } from '../../lib/model/replay.ts';
import { type Client, createClient, Failure, NoAnswer } from './replay-client.ts';
import { type ExitCode, exit, help } from './replay-help.ts';
import { type Command, readCommand, type Waiting } from './replay-options.ts';
import { countWords, endOf, inTheWay, listWords, planWords, progressWords } from './replay-words.ts';
import { Refusal, say, textOf } from './shell.ts';
import { isLoopback } from './start-options.ts';

/** How often the state of a job is asked. */
const EVERY_MS = 1_000;
/** How long nobody may answer while it waits: the application may be restarted meanwhile. */
const PATIENCE_MS = 30_000;

type Of<V extends Command['verb']> = Extract<Command, { verb: V }>;
const out = (text: string) => void process.stdout.write(`${text}\n`);
const jobPath = (id: string) => `/api/replays/${encodeURIComponent(id)}`;

/** Shows the end of a call: as one JSON document, or in words. */
function show(json: boolean, code: ExitCode, words: string, value: object): ExitCode {
  out(json ? JSON.stringify({ exit: code, words, ...value }, null, 2) : words);
  return code;
}

async function plan(client: Client, { request, json }: Of<'replay'>): Promise<ExitCode> {
  const { plan: made } = await client.post('/api/replays', request, api.planAnswerSchema);
  const open = inTheWay(made, request.consent);
  const refuses = made.warnings.some((w) => w.level === 'refuse');
  if (!json) out(planWords(made, request.consent));
  const words = refuses
    ? `Refused: ${open.join(', ')}. Nothing was sent.`
    : open.length > 0
      ? `Consent is needed: --consent ${open.join(',')}. Nothing was sent.`
      : 'It could start like this. Nothing was sent.';
  return show(json, open.length > 0 ? exit.refused : exit.done, words, { plan: made });
}

async function start(client: Client, command: Of<'replay'>): Promise<ExitCode> {
  const { request, json, wait } = command;
  const headers = { 'idempotency-key': JSON.stringify(command.key ?? randomUUID()) };
  const post = () => client.post('/api/replays', request, api.replayAnswerSchema, headers);
  // the key makes a second try safe: the first may have begun it
  const { replay } = await post().catch((error: unknown) => {
    if (!(error instanceof NoAnswer)) throw error;
    say(`${error.message}; trying once more`);
    return delay(EVERY_MS).then(post);
  });
  if (!json) out(planWords(replay.plan, request.consent));
  say(`Replay ${replay.id}: ${command.access.url}/replays/${replay.id}`);
  if (wait) return follow(client, replay, wait, json);
  return show(json, exit.done, `Begun: replay ${replay.id}`, { replay });
}

/** Waits until the job ended or somebody must decide. */
async function follow(client: Client, first: ReplayJob, wait: Waiting, json: boolean): Promise<ExitCode> {
  const until = wait.timeout === null ? Number.POSITIVE_INFINITY : performance.now() + wait.timeout * 1_000;
  let job = first;
  let shown = '';
  let answered = performance.now();
  const stop = () => {
    say(`\nReplay ${job.id} goes on: script/replay status ${job.id}`);
    process.exit(exit.stopped);
  };
  process.once('SIGINT', stop);
  for (;;) {
    const line = progressWords(job);
    if (line !== shown) say(line);
    shown = line;
    const end = endOf(job, wait.require);
    const late = performance.now() >= until;
    if (end || late) {
      process.off('SIGINT', stop);
      const { code, words } = end ?? { code: exit.waits, words: `Still ${progressWords(job)}` };
      if (wait.receipt !== null) await receipt(client, job.id, wait.receipt);
      return show(json, code, words, { replay: job });
    }
    await delay(Math.min(EVERY_MS, Math.max(0, until - performance.now())));
    try {
      job = (await client.get(jobPath(job.id), api.replayAnswerSchema)).replay;
      answered = performance.now();
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== exit.away) throw error;
      if (performance.now() - answered > PATIENCE_MS) throw error;
    }
  }
}

async function receipt(client: Client, id: string, file: string | null): Promise<void> {
  const rows = await client.text(`${jobPath(id)}/receipt`);
  if (file === null) await pipeline(rows, process.stdout, { end: false });
  else await pipeline(rows, createWriteStream(file));
}

async function ofJob(client: Client, command: Of<'status' | 'pause' | 'resume' | 'cancel' | 'receipt'>) {
  const { verb, id, wait, json } = command;
  if (verb === 'receipt') {
    await receipt(client, id, null);
    return exit.done;
  }
  const { replay } =
    verb === 'status'
      ? await client.get(jobPath(id), api.replayAnswerSchema)
      : await client.post(jobPath(id), { action: verb }, api.replayAnswerSchema);
  if (wait) return follow(client, replay, wait, json);
  const code = verb === 'status' ? (endOf(replay, 'confirmed')?.code ?? exit.done) : exit.done;
  return show(json, code, `${replay.state}: ${countWords(replay.counts)}`, { replay });
}

async function main(args: string[]): Promise<ExitCode> {
  const command = readCommand(args, process.env);
  if (command.verb === 'help') {
    out(help);
    return exit.done;
  }
  const { protocol, hostname } = new URL(command.access.url);
  if (protocol === 'http:' && !isLoopback(hostname))
    say(`Note: the password goes to ${hostname} unencrypted; https would hide it.`);
  const client = createClient(command.access);
  if (command.verb === 'list') {
    const found = await client.get('/api/dead-letters', api.deadLetterListSchema);
    const { vhost } = command;
    const here = <T extends { vhost: string }>(all: T[]) =>
      all.filter((q) => vhost === null || q.vhost === vhost);
    const answer = { ...found, queues: here(found.queues), lost: here(found.lost) };
    return show(command.json, exit.done, listWords(answer), answer);
  }
  if (command.verb !== 'replay') return ofJob(client, command);
  return command.request.dryRun ? plan(client, command) : start(client, command);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof Failure) {
    say(error.message);
    if (process.argv.includes('--json')) show(true, error.code, error.message, { problem: error.problem });
    process.exitCode = error.code;
  } else if (error instanceof Refusal || (error instanceof TypeError && 'code' in error)) {
    say(`${textOf(error)} (see --help)`);
    process.exitCode = exit.usage;
  } else {
    say(`script/replay: ${error instanceof Error ? error.stack : String(error)}`);
    process.exitCode = exit.away;
  }
}
