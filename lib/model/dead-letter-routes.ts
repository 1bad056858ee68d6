/** Routing when only the shape of a key is known. Indexed, so that 10,000 queues with one DLX stay cheap. */
import { type Binding, type Exchange, isOwnQueue, queueKey, type Snapshot } from './broker.ts';
import { patternsOverlap, topicMatches } from './topology.ts';

/** A routing key, or (`pattern`) a topic pattern that stands for all keys that match it; '#' is any key. */
export interface Key {
  text: string;
  pattern: boolean;
}

export interface Reach {
  queues: string[];
  /** Certain: no queue gets it, whatever the headers. */
  nowhere: boolean;
}

const any: Key = { text: '#', pattern: true };

/** Where keys lead and come from in one snapshot. Hoplight's own taps do not count. */
export class Routes {
  readonly #exchanges = new Map<string, Exchange>();
  readonly #from = new Map<string, Binding[]>();
  readonly #into = new Map<string, Binding[]>();
  readonly #queues = new Set<string>();
  readonly #known = new Map<string, Reach>();

  constructor(s: Pick<Snapshot, 'exchanges' | 'bindings' | 'queues'>) {
    for (const e of s.exchanges) this.#exchanges.set(queueKey(e.vhost, e.name), e);
    for (const q of s.queues) if (!isOwnQueue(q.name)) this.#queues.add(queueKey(q.vhost, q.name));
    for (const b of s.bindings) {
      // The default exchange's bindings are implied by the queues' names.
      if (b.source === '' || isOwnQueue(b.destination)) continue;
      push(this.#from, queueKey(b.vhost, b.source), b);
      if (b.destinationType === 'queue') push(this.#into, queueKey(b.vhost, b.destination), b);
    }
  }

  exchange(vhost: string, name: string): Exchange | undefined {
    return this.#exchanges.get(queueKey(vhost, name));
  }

  exists(vhost: string, name: string): boolean {
    return name === '' || this.#exchanges.has(queueKey(vhost, name));
  }

  from(vhost: string, exchange: string): readonly Binding[] {
    return this.#from.get(queueKey(vhost, exchange)) ?? [];
  }

  /** The keys that messages of a queue bear, by its bindings; the default exchange (its own name) is not among them. */
  keysInto(vhost: string, queue: string): Key[] {
    const keys = (this.#into.get(queueKey(vhost, queue)) ?? []).map((b): Key => {
      const type = this.exchange(vhost, b.source)?.type;
      if (type === 'direct') return { text: b.routingKey, pattern: false };
      if (type === 'topic') return { text: b.routingKey, pattern: /(^|\.)[*#](\.|$)/.test(b.routingKey) };
      return any;
    });
    return [...new Map(keys.map((k) => [`${k.pattern}${k.text}`, k])).values()];
  }

  /** Every queue that a message with such a key may reach. */
  reach(vhost: string, exchange: string, key: Key): Reach {
    const id = [vhost, exchange, key.pattern ? 'pattern' : 'key', key.text].join('\u0000');
    const before = this.#known.get(id);
    if (before) return before;
    const reach = exchange === '' ? this.#byName(vhost, key) : this.#walk(vhost, exchange, key);
    this.#known.set(id, reach);
    return reach;
  }

  #byName(vhost: string, key: Key): Reach {
    // Which names a pattern stands for cannot be told: neither found nor lost.
    if (key.pattern) return { queues: [], nowhere: false };
    const there = this.#queues.has(queueKey(vhost, key.text));
    return { queues: there ? [key.text] : [], nowhere: !there };
  }

  #walk(vhost: string, exchange: string, key: Key): Reach {
    const queues = new Set<string>();
    const seen = new Set<string>();
    let foreign = false;
    const visit = (name: string) => {
      if (seen.has(name)) return;
      seen.add(name);
      const ex = this.exchange(vhost, name);
      if (!ex) return;
      let sure = false;
      for (const b of this.from(vhost, name)) {
        const hit = takes(ex.type, b, key);
        if (hit === 'no') continue;
        sure ||= hit === 'yes';
        if (b.destinationType === 'exchange') visit(b.destination);
        else if (this.#queues.has(queueKey(vhost, b.destination))) queues.add(b.destination);
        else foreign = true; // bound to a queue that this reading does not show: not lost, not named either
      }
      if (!sure && ex.alternate !== null) visit(ex.alternate);
    };
    visit(exchange);
    return { queues: [...queues], nowhere: queues.size === 0 && !foreign };
  }
}

/** Whether a binding takes a message: surely, perhaps (headers unknown, key known by its pattern only), or not. */
function takes(type: string, b: Binding, key: Key): 'yes' | 'maybe' | 'no' {
  if (type === 'fanout') return 'yes';
  if (type === 'direct') {
    if (!key.pattern) return b.routingKey === key.text ? 'yes' : 'no';
    return topicMatches(key.text, b.routingKey) ? 'maybe' : 'no';
  }
  if (type === 'topic') {
    if (!key.pattern) return topicMatches(b.routingKey, key.text) ? 'yes' : 'no';
    if (b.routingKey === '#' || b.routingKey === key.text) return 'yes';
    return patternsOverlap(b.routingKey, key.text) ? 'maybe' : 'no';
  }
  return 'maybe';
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
