/** From the flags of `script/replay` to the request that the API takes. */
import { type ReplayRequest, replayRequestSchema } from '../../lib/model/replay.ts';
import { parseWhere } from '../../lib/model/where.ts';
import type { ReplayFlags } from './replay-flags.ts';
import { Refusal } from './shell.ts';

/** A number of 0 or more, or undefined where the flag is not given. Throws Refusal. */
export function readNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new Refusal(`--${name} wants a number, not "${text}".`);
  return value;
}

const list = (texts: string[] | undefined): string[] =>
  (texts ?? [])
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');

/** Throws Refusal, naming the flag. */
export function requestOf(values: ReplayFlags): ReplayRequest {
  if (!values.queue)
    throw new Refusal('--queue is missing: the dead-letter queue to take from (see --help).');
  const canary = readNumber('canary', values.canary);
  if (canary === undefined && (values['canary-wait'] !== undefined || values['canary-stop']))
    throw new Refusal('--canary-wait and --canary-stop go with --canary N.');
  const brake = present({
    diedAgain: readNumber('brake-died-again', values['brake-died-again']),
    depth: readNumber('brake-depth', values['brake-depth']),
    unacked: readNumber('brake-unacked', values['brake-unacked']),
  });
  const parsed = replayRequestSchema.safeParse(
    present({
      act: values.act,
      vhost: values.vhost ?? '/',
      queue: values.queue,
      select: selectionOf(values),
      target: targetOf(values.to, values['routing-key']),
      dryRun: values['dry-run'],
      consent: list(values.consent),
      rate: readNumber('rate', values.rate),
      canary:
        canary === undefined
          ? undefined
          : present({
              messages: canary,
              waitSeconds: readNumber('canary-wait', values['canary-wait']),
              goOn: !values['canary-stop'],
            }),
      brake: Object.keys(brake).length > 0 ? brake : undefined,
      keepOrder: values['keep-order'],
      expiration: values.expiration,
      persistent: values.persistent,
      maxReplays: readNumber('max-replays', values['max-replays']),
      followSeconds: readNumber('follow', values.follow),
      reason: values.reason,
    }),
  );
  if (parsed.success) return parsed.data;
  const words = parsed.error.issues.map(({ path, message }) => `${flagFor(path.join('.'))}: ${message}`);
  throw new Refusal(words.join('\n'));
}

function present<T extends object>(value: T): Partial<T> {
  const kept: Partial<T> = { ...value };
  for (const name of Object.keys(value)) {
    if (Reflect.get(value, name) === undefined) Reflect.deleteProperty(kept, name);
  }
  return kept;
}

function selectionOf(values: ReplayFlags): unknown {
  const ids = list(values.id);
  const causes = values.cause ?? [];
  if (ids.length > 0) {
    if (causes.length > 0 || values.where !== undefined)
      throw new Refusal('--id names the messages themselves: without --cause and --where.');
    return { kind: 'messages', ids };
  }
  if (values.where !== undefined) {
    const read = parseWhere(values.where);
    if ('error' in read)
      throw new Refusal(`--where: ${read.error}\n  ${values.where}\n  ${' '.repeat(read.at)}^`);
    return {
      kind: 'filter',
      filter:
        causes.length > 0
          ? { ...read.filter, causes: [...(read.filter.causes ?? []), ...causes] }
          : read.filter,
    };
  }
  return causes.length > 0 ? { kind: 'causes', keys: causes } : { kind: 'all' };
}

/** `queue:NAME`, `exchange:NAME`: names may hold colons themselves. */
function targetOf(to: string | undefined, key: string | undefined): unknown {
  const [, kind, name = ''] = /^(origin|first-origin|queue|exchange)(?::(.*))?$/s.exec(to ?? 'origin') ?? [];
  if (key !== undefined && kind !== 'exchange')
    throw new Refusal('--routing-key goes with --to exchange:NAME.');
  if (kind === 'origin' && name === '') return { kind };
  if (kind === 'first-origin' && name === '') return { kind: 'first origin' };
  if (kind === 'queue' && name !== '') return { kind, queue: name };
  if (kind === 'exchange' && to?.includes(':'))
    return { kind, exchange: name, ...(key === undefined ? {} : { routingKey: key }) };
  throw new Refusal('--to wants origin, first-origin, queue:NAME or exchange:NAME.');
}

/** The flag that a field of the request came from. */
function flagFor(path: string): string {
  const flags: Record<string, string> = {
    'canary.messages': 'canary',
    'canary.waitSeconds': 'canary-wait',
    'brake.diedAgain': 'brake-died-again',
    'brake.depth': 'brake-depth',
    'brake.unacked': 'brake-unacked',
    maxReplays: 'max-replays',
    followSeconds: 'follow',
    target: 'to',
    'target.queue': 'to',
    'target.exchange': 'to',
    'target.routingKey': 'routing-key',
    keepOrder: 'keep-order',
  };
  const [first = path] = path.split('.');
  return `--${flags[path] ?? (first === 'select' ? 'where, --cause or --id' : first)}`;
}
