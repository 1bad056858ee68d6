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
  /** Of those that came from one place, the one that stands for all. */
  readonly #leads: ReadonlyMap<Attention, Attention>;
  /** By key of a dead-letter queue; made when the first is asked for. */
  #origins: ReadonlyMap<string, Queue[]> | null = null;

  constructor(found: readonly Attention[], look: Look, byQueue: ReadonlyMap<Queue, readonly Attention[]>) {
    this.#look = look;
    this.#byQueue = byQueue;
    for (const [q, its] of byQueue) for (const a of its) this.#queues.set(a, q);
    this.#nodesDown = found.filter((a) => a.code === 'node_down');
    this.#alarm = found.find((a) => a.code === 'alarm');
    this.#leads = this.#leadsOf(found);
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
    return this.#nodeOf(a, q) ?? this.#sameQueue(a, q) ?? this.#leads.get(a);
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

  #leadsOf(found: readonly Attention[]): Map<Attention, Attention> {
    const places = new Map<string, { a: Attention; at: number }[]>();
    for (const a of found) {
      const place = this.#placeOf(a);
      if (!place) continue;
      const there = places.get(place.name);
      if (there) there.push({ a, at: place.at });
      else places.set(place.name, [{ a, at: place.at }]);
    }
    const leads = new Map<Attention, Attention>();
    for (const all of places.values()) {
      if (all.length < 2) continue;
      const found: typeof all = [];
      for (const one of all.sort((x, y) => eldest(x.a, y.a))) {
        // What happens later is news of its own.
        const lead = found.find(({ at }) => Math.abs(one.at - at) <= TOGETHER_MS);
        if (lead) leads.set(one.a, lead.a);
        else found.push(one);
      }
    }
    return leads;
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

  /** Where, and when, it and others may have one cause in common; null: they may not, or that is not known. */
  #placeOf(a: Attention): { name: string; at: number } | null {
    const q = shared.has(a.code) ? this.#queues.get(a) : undefined;
    if (!q) return null;
    // Never across vhosts: who sees the one may not see the other.
    const name = (...parts: (string | null)[]) => [a.code, a.vhost, ...parts].join('\u0000');
    if (a.code === 'queue_down' || a.code === 'unknown') {
      const alone = q.node === null || q.state === 'crashed' || q.state === 'terminated';
      return alone ? null : { name: name(q.node, q.state), at: 0 };
    }
    const last = this.#look.gone(q)[0];
    if (!last || last.connection === '') return null;
    const at = a.code === 'no_consumer' ? last.goneAt : 0;
    return { name: name(last.client.name ?? last.connection, last.user), at };
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
function eldest(a: Attention, b: Attention): number {
  const keys = () => (attentionKey(a) < attentionKey(b) ? -1 : 1);
  return (a.since ?? 0) - (b.since ?? 0) || keys();
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
