/** What a call of `script/replay` asks for: which command, as whom, and how to wait. */
import { readFileSync } from 'node:fs';
import type { ReplayRequest } from '../../lib/model/replay.ts';
import { type ReplayFlags, readFlags } from './replay-flags.ts';
import { readNumber, requestOf } from './replay-request.ts';
import { Refusal } from './shell.ts';

export const jobVerbs = ['status', 'pause', 'resume', 'cancel', 'receipt'] as const;
type JobVerb = (typeof jobVerbs)[number];
const requirements = ['confirmed', 'delivered', 'settled'] as const;
export type Requirement = (typeof requirements)[number];

export interface Access {
  /** Without a slash at its end. */
  url: string;
  user: string;
  password: string;
}

interface Common {
  access: Access;
  json: boolean;
}
export type Waiting = {
  /** s; null: as long as it takes */
  timeout: number | null;
  require: Requirement;
  receipt: string | null;
};
export type Command =
  | { verb: 'help' }
  | ({ verb: 'list'; vhost: string | null } & Common)
  | ({ verb: JobVerb; id: string; wait: Waiting | null } & Common)
  | ({ verb: 'replay'; request: ReplayRequest; wait: Waiting | null; key: string | null } & Common);

type Env = Record<string, string | undefined>;

/** Throws a Refusal, or parseArgs's own TypeError, on what it does not understand. */
export function readCommand(args: string[], env: Env): Command {
  const { values, positionals } = readFlags(args);
  if (values.help) return { verb: 'help' };
  const [verb, id, ...more] = positionals;
  if (more.length > 0) throw new Refusal(`What is "${more.join(' ')}" for?`);
  const common: Common = { access: accessOf(values, env), json: values.json };
  if (verb === 'list') {
    if (id !== undefined) throw new Refusal('list takes no name: --vhost narrows it.');
    return { verb, vhost: values.vhost ?? null, ...common };
  }
  const jobVerb = jobVerbs.find((known) => known === verb);
  if (jobVerb) {
    if (id === undefined) throw new Refusal(`${jobVerb} wants the ID of a replay.`);
    return { verb: jobVerb, id, wait: waitingOf(values), ...common };
  }
  if (verb !== undefined)
    throw new Refusal(`There is no ${verb}: list, ${jobVerbs.join(', ')}, or flags alone.`);
  const request = requestOf(values);
  const wait = waitingOf(values);
  if (request.dryRun && wait) throw new Refusal('--dry-run sends nothing that --wait could wait for.');
  return { verb: 'replay', request, wait, key: values['idempotency-key'] ?? null, ...common };
}

function accessOf(values: ReplayFlags, env: Env): Access {
  const url = (values.url ?? env.HOPLIGHT_URL ?? 'http://127.0.0.1:3000').replace(/\/+$/, '');
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new Refusal(`--url ${url} is no http address.`);
  const user = values.user ?? env.HOPLIGHT_USER;
  if (!user) throw new Refusal('--user (or HOPLIGHT_USER) is missing: the RabbitMQ user to act as.');
  return { url, user, password: passwordOf(values['password-file'], env.HOPLIGHT_PASSWORD) };
}

function passwordOf(file: string | undefined, given: string | undefined): string {
  if (file === undefined) {
    if (given) return given;
    throw new Refusal('The password is missing: --password-file FILE, or HOPLIGHT_PASSWORD.');
  }
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/, 1)[0] ?? '';
  } catch {
    throw new Refusal(`--password-file ${file} cannot be read.`);
  }
}

function waitingOf(values: ReplayFlags): Waiting | null {
  const { wait, timeout, require, receipt } = values;
  if (!wait) {
    const idle = Object.entries({ timeout, require, receipt }).find(([, value]) => value !== undefined);
    if (idle) throw new Refusal(`--${idle[0]} goes with --wait.`);
    return null;
  }
  const requirement = requirements.find((known) => known === (require ?? 'confirmed'));
  if (!requirement) throw new Refusal(`--require wants one of ${requirements.join(', ')}.`);
  return { timeout: readNumber('timeout', timeout) ?? null, require: requirement, receipt: receipt ?? null };
}
