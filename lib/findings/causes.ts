/** Which of what was found explains which. Pure; the table is in fold.ts. */
import { type GoneConsumer, type Queue, queueKey } from '../model/broker.ts';
import type { Attention } from '../model/live.ts';
import { attentionKey } from '../model/names.ts';
import type { Look } from './rule.ts';

type Code = Attention['code'];
const codes = (...list: Code[]): ReadonlySet<Code> => new Set(list);

/** Of one queue, gravest cause first: what each explains of the same queue. */
const within: ReadonlyMap<Code, ReadonlySet<Code>> = new Map<Code, ReadonlySet<Code>>([
  [
    'queue_down',
    codes(
      'consumers_flapping',
      'no_consumer',
      'redelivery_storm',
      'unacked_stuck',
      'growing',
      'near_limit',
      'unknown',
    ),
  ],
  ['consumers_flapping', codes('no_consumer', 'redelivery_storm', 'unacked_stuck', 'growing', 'near_limit')],
  ['no_consumer', codes('growing', 'near_limit')],
  ['redelivery_storm', codes('unacked_stuck', 'growing', 'near_limit')],
  ['unacked_stuck', codes('growing', 'near_limit')],
  ['growing', codes('near_limit')],
  ['near_limit', codes()],
]);
/** These come in dozens from one place: a node, or a client. */
const shared = codes('queue_down', 'unknown', 'no_consumer', 'consumers_flapping');
const ofNode = codes('queue_down', 'unknown', 'no_consumer');
const deaths = codes('dead_letters', 'dead_letters_rising');
/** A consumer that was lost so close to the end of a node was lost by it. */
const TOGETHER_MS = 30_000;

export class Causes {
  readonly #look: Look;
  readonly #byQueue: ReadonlyMap<Queue, readonly Attention[]>;
  readonly #queues = new Map<Attention, Queue>();
  readonly #nodesDown: readonly Attention[];
  readonly #alarm: Attention | undefined;
  /** By code and place: the one that stands for all. */
  readonly #leads = new Map<string, Attention>();
  /** By key of a dead-letter queue; made when the first is asked for. */
  #origins: ReadonlyMap<string, Queue[]> | null = null;

  constructor(found: readonly Attention[], look: Look, byQueue: ReadonlyMap<Queue, readonly Attention[]>) {
    this.#look = look;
    this.#byQueue = byQueue;
    for (const [q, its] of byQueue) for (const a of its) this.#queues.set(a, q);
    this.#nodesDown = found.filter((a) => a.code === 'node_down');
    this.#alarm = found.find((a) => a.code === 'alarm');
    for (const a of found) {
      const place = this.#placeOf(a);
      if (place === null) continue;
      const lead = this.#leads.get(place);
      if (!lead || isBefore(a, lead)) this.#leads.set(place, a);
    }
  }

  /** The cause of all; itself when nothing explains it. */
  rootOf(a: Attention): Attention {
    let root = a;
    for (let cause = this.#causeOf(a); cause; cause = this.#causeOf(cause)) root = cause;
    return root;
  }

  #causeOf(a: Attention): Attention | undefined {
    if (a.code === 'publishers_blocked') return this.#alarm;
    const q = this.#queues.get(a);
    if (!q) return undefined;
    if (deaths.has(a.code)) return this.#killerOf(a, q);
    return this.#nodeOf(a, q) ?? this.#sameQueue(a, q) ?? this.#leadOf(a);
  }

  #sameQueue(a: Attention, q: Queue): Attention | undefined {
    const its = this.#byQueue.get(q) ?? [];
    if (its.length < 2) return undefined;
    for (const [code, explained] of within) {
      if (code === a.code) return undefined;
      const cause = explained.has(a.code) ? its.find((one) => one.code === code) : undefined;
      if (cause) return cause;
    }
    return undefined;
  }

  #nodeOf(a: Attention, q: Queue): Attention | undefined {
    if (this.#nodesDown.length === 0 || !ofNode.has(a.code)) return undefined;
    const its = this.#nodesDown.find((n) => n.node === q.node);
    if (its) return its;
    if (q.state === 'minority') return this.#nodesDown[0];
    const last = a.code === 'no_consumer' ? this.#look.gone(q)[0] : undefined;
    return last && this.#nodesDown.find((n) => tookIt(n, last));
  }

  #leadOf(a: Attention): Attention | undefined {
    const place = this.#placeOf(a);
    const lead = place === null ? undefined : this.#leads.get(place);
    return lead === a ? undefined : lead;
  }

  /** What sends letters into this dead-letter queue; undefined while another origin may do so as well. */
  #killerOf(a: Attention, q: Queue): Attention | undefined {
    this.#origins ??= originsOf(this.#look);
    const origins = this.#origins.get(queueKey(q.vhost, q.name)) ?? [];
    for (const origin of origins) {
      const cause = this.#byQueue.get(origin)?.find((one) => kills(one.code, origin));
      if (!cause || (a.code === 'dead_letters' && !cameSince(a, cause))) continue;
      if (origins.every((other) => other === origin || isQuiet(other))) return cause;
    }
    return undefined;
  }

  /** Where it and others may have one cause in common; null: it may not, or that is not known. */
  #placeOf(a: Attention): string | null {
    const q = shared.has(a.code) ? this.#queues.get(a) : undefined;
    if (!q) return null;
    // Never across vhosts: who sees the one may not see the other.
    if (a.code === 'queue_down' || a.code === 'unknown')
      return q.node === null ? null : [a.code, a.vhost, q.node].join('\u0000');
    const last = this.#look.gone(q)[0];
    if (!last || last.connection === '') return null;
    return [a.code, a.vhost, last.client.name ?? last.connection, last.user ?? ''].join('\u0000');
  }
}

function originsOf({ queues, past }: Look): Map<string, Queue[]> {
  const all = new Map(queues.map((q) => [queueKey(q.vhost, q.name), q]));
  return new Map(
    past.topology.queues.map((d) => [
      queueKey(d.vhost, d.queue),
      d.origins.flatMap((o) => all.get(queueKey(d.vhost, o.queue)) ?? []),
    ]),
  );
}

/** Nobody takes, and so rejects, its messages; none of them can expire or be pushed out. */
function isQuiet(q: Queue): boolean {
  return q.rates.deliver === 0 && (q.ready === 0 || !losesByItself(q));
}

/** The elder stands for all, so that it stays the same while others come and go. */
function isBefore(a: Attention, b: Attention): boolean {
  const [x, y] = [a.since ?? 0, b.since ?? 0];
  return x === y ? attentionKey(a) < attentionKey(b) : x < y;
}

function tookIt(down: Attention, last: GoneConsumer): boolean {
  if (last.cause === 'node restarted') return true;
  return down.since !== null && Math.abs(last.goneAt - down.since) <= TOGETHER_MS;
}

function losesByItself({ limits }: Queue): boolean {
  return limits.messageTtlMs !== null || limits.maxLength !== null || limits.maxLengthBytes !== null;
}

function kills(code: Code, q: Queue): boolean {
  switch (code) {
    case 'redelivery_storm': // the delivery limit ends it
    case 'consumers_flapping':
    case 'no_consumer': // nobody is there to reject: what dies has expired
      return true;
    case 'unacked_stuck':
    case 'growing':
      return losesByItself(q);
    case 'near_limit':
      return q.limits.overflow !== 'reject-publish';
    default:
      return false;
  }
}

function cameSince(letters: Attention, cause: Attention): boolean {
  return letters.since !== null && cause.since !== null && letters.since >= cause.since;
}
