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
  readonly #queues: ReadonlyMap<string, Queue>;
  readonly #byQueue: ReadonlyMap<string, Attention[]>;
  readonly #nodesDown: readonly Attention[];
  readonly #alarm: Attention | undefined;
  /** By code and place: the one that stands for all. */
  readonly #leads = new Map<string, Attention>();
  readonly #origins: ReadonlyMap<string, string[]>;

  constructor(found: readonly Attention[], look: Look) {
    this.#look = look;
    this.#byQueue = Map.groupBy(found, keyOf);
    this.#queues = new Map(look.queues.map((q) => [queueKey(q.vhost, q.name), q]));
    this.#nodesDown = found.filter((a) => a.code === 'node_down');
    this.#alarm = found.find((a) => a.code === 'alarm');
    this.#origins = new Map(
      look.past.topology.queues.map((d) => [
        queueKey(d.vhost, d.queue),
        d.origins.map((o) => queueKey(d.vhost, o.queue)),
      ]),
    );
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
    for (let parent = this.#causeOf(a); parent; parent = this.#causeOf(parent)) root = parent;
    return root;
  }

  #causeOf(a: Attention): Attention | undefined {
    if (a.code === 'publishers_blocked') return this.#alarm;
    if (a.queue === '') return undefined;
    if (deaths.has(a.code)) return this.#killerOf(a);
    const place = shared.has(a.code) ? this.#placeOf(a) : null;
    const lead = place === null ? undefined : this.#leads.get(place);
    return this.#nodeOf(a) ?? this.#sameQueue(a) ?? (lead === a ? undefined : lead);
  }

  #sameQueue(a: Attention): Attention | undefined {
    const its = this.#byQueue.get(keyOf(a)) ?? [];
    if (its.length < 2) return undefined;
    for (const [code, explained] of within) {
      if (code === a.code) return undefined;
      const cause = explained.has(a.code) ? its.find((one) => one.code === code) : undefined;
      if (cause) return cause;
    }
    return undefined;
  }

  #nodeOf(a: Attention): Attention | undefined {
    if (this.#nodesDown.length === 0 || !ofNode.has(a.code)) return undefined;
    const q = this.#queues.get(keyOf(a));
    const its = this.#nodesDown.find((n) => n.node === q?.node);
    if (its) return its;
    if (q?.state === 'minority') return this.#nodesDown[0];
    const last = a.code === 'no_consumer' && q ? this.#look.gone(q)[0] : undefined;
    return last && this.#nodesDown.find((n) => tookIt(n, last));
  }

  /** What sends letters into this dead-letter queue; undefined while another origin may do so as well. */
  #killerOf(a: Attention): Attention | undefined {
    const origins = this.#origins.get(keyOf(a)) ?? [];
    for (const origin of origins) {
      const q = this.#queues.get(origin);
      const cause = q && this.#byQueue.get(origin)?.find((one) => kills(one.code, q));
      if (!cause || (a.code === 'dead_letters' && !cameSince(a, cause))) continue;
      if (origins.every((other) => other === origin || this.#isQuiet(other))) return cause;
    }
    return undefined;
  }

  /** Nobody takes, and so rejects, its messages; none of them can expire or be pushed out. */
  #isQuiet(key: string): boolean {
    const q = this.#queues.get(key);
    return !q || (q.rates.deliver === 0 && (q.ready === 0 || !losesByItself(q)));
  }

  #placeOf(a: Attention): string | null {
    if (!shared.has(a.code)) return null;
    const q = this.#queues.get(keyOf(a));
    if (!q) return null;
    // A queue is on a node whoever may see it; what shows its vhost stays in it.
    if (a.code === 'queue_down' || a.code === 'unknown')
      return q.node === null ? null : JSON.stringify([a.code, a.vhost, q.node]);
    const last = this.#look.gone(q)[0];
    if (!last || last.connection === '') return null;
    return JSON.stringify([a.code, a.vhost, last.client.name ?? last.connection, last.user]);
  }
}

function keyOf(a: Attention): string {
  return queueKey(a.vhost, a.queue);
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
