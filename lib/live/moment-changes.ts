/** What changed from one reading to the next, as moments. Nothing is new at the first, nor where a part was not read. */
import {
  type Consumer,
  type GoneConsumer,
  type Node,
  type Queue,
  queueKey,
  type Snapshot,
} from '../model/broker.ts';
import type { Moment, MomentKind } from '../model/moment.ts';
import { about, idOf, type Seen } from './moment-seen.ts';
import { consumerKey } from './reading.ts';
import { isOwnConsumer } from './snapshot.ts';

/** A gone consumer's reason may still become clearer for so long. */
const REFINED_MS = 20_000;

export class ChangeReader {
  #queues: { part: string; list: readonly Queue[] } | null = null;
  #consumers: readonly Consumer[] | null = null;
  #nodes = new Map<string, Node>();
  #alarm: boolean | null = null;

  /** `gone`: those who went of late, with why. */
  between(snapshot: Snapshot, gone: readonly GoneConsumer[]): Seen[] {
    return [
      ...this.#brokerChanges(snapshot),
      ...this.#queueChanges(snapshot),
      ...this.#consumerChanges(snapshot, gone),
    ];
  }

  #queueChanges({ queues, missing, readAt }: Snapshot): Seen[] {
    const before = this.#queues;
    const part = lists.filter((what) => missing.some((m) => m.what === what)).join();
    if (part === lists.join()) return [];
    this.#queues = { part, list: queues };
    // another list than before may show others, without anything having happened
    if (!before || before.part !== part || isSameList(before.list, queues, isSameQueue)) return [];
    const added = (from: readonly Queue[], to: readonly Queue[], kind: MomentKind, how: string) => {
      const known = new Set(from.map((q) => queueKey(q.vhost, q.name)));
      return to.flatMap(({ vhost, name }) =>
        known.has(queueKey(vhost, name))
          ? []
          : seen(readAt, kind, { vhost, queue: name, words: `Queue ${name} was ${how}.` }),
      );
    };
    return [
      ...added(before.list, queues, 'queue declared', 'declared'),
      ...added(queues, before.list, 'queue deleted', 'deleted'),
    ];
  }

  #consumerChanges({ consumers, missing, readAt }: Snapshot, gone: readonly GoneConsumer[]): Seen[] {
    if (missing.some((m) => m.what === 'consumers')) return [];
    const before = this.#consumers;
    this.#consumers = consumers;
    if (!before) return [];
    const recent = gone.filter((g) => g.goneAt > readAt - REFINED_MS && g.connection !== '');
    const reasons = recent.flatMap(goneWords);
    if (isSameList(before, consumers, isSameConsumer)) return reasons;
    const told = new Set(recent.map(consumerKey));
    const then = new Map(before.filter(isNamed).map((c) => [consumerKey(c), c]));
    const now = new Map(consumers.filter(isNamed).map((c) => [consumerKey(c), c]));
    const left = [...then].flatMap(([key, c]) =>
      now.has(key) || told.has(key)
        ? []
        : consumer(readAt, 'consumer gone', c, `Consumer ${c.tag} of queue ${c.queue} went.`),
    );
    const came = [...now].flatMap(([key, c]) => {
      const words = `Consumer ${c.tag} of queue ${c.queue} began at ${clientOf(c)}.`;
      return then.has(key) ? [] : consumer(readAt, 'consumer came', c, words);
    });
    return [...reasons, ...left, ...came];
  }

  #brokerChanges({ nodes, missing, alarm = null, readAt }: Snapshot): Seen[] {
    const list: Seen[] = [];
    const say = (kind: MomentKind, node: string | null, words: string) =>
      list.push(...seen(readAt, kind, { words }, [node]));
    if (nodes.length > 0 && !missing.some((m) => m.what === 'nodes')) {
      for (const node of nodes) {
        const then = this.#nodes.get(node.name);
        if (then) nodeChanges(then, node, say);
        // a node that is down tells no uptime: the last one is what its next is compared with
        this.#nodes.set(node.name, { ...node, uptimeMs: node.uptimeMs ?? then?.uptimeMs ?? null });
      }
      this.#alarm = null;
      return list;
    }
    if (this.#alarm !== null && alarm !== null && alarm !== this.#alarm)
      say(alarm ? 'alarm set' : 'alarm cleared', null, alarmWords(alarm, 'memory or disk', ''));
    this.#alarm = alarm;
    return list;
  }
}

const lists = ['depths', 'rates'];

/** Ten thousand at each reading, nearly always the same in the same order: no key is made for them then. */
function isSameList<T>(a: readonly T[], b: readonly T[], isSame: (one: T, other: T) => boolean): boolean {
  return (
    a.length === b.length &&
    a.every((one, i) => {
      const other = b[i];
      return other !== undefined && isSame(one, other);
    })
  );
}

function isSameQueue(a: Queue, b: Queue): boolean {
  return a.name === b.name && a.vhost === b.vhost;
}

function isSameConsumer(a: Consumer, b: Consumer): boolean {
  return (
    a.tag === b.tag &&
    a.connection === b.connection &&
    a.channel === b.channel &&
    a.queue === b.queue &&
    a.vhost === b.vhost
  );
}

/** The broker lists one at first without its connection. */
function isNamed(c: Consumer): boolean {
  return c.connection !== '' && !isOwnConsumer(c);
}

function nodeChanges(
  then: Node,
  now: Node,
  say: (kind: MomentKind, node: string, words: string) => void,
): void {
  const { name } = now;
  if (then.running && !now.running) say('node down', name, `Node ${name} is down.`);
  if (now.running && then.uptimeMs !== null && now.uptimeMs !== null && now.uptimeMs < then.uptimeMs)
    say('node restarted', name, `Node ${name} was restarted.`);
  else if (!then.running && now.running) say('node restarted', name, `Node ${name} is there again.`);
  for (const [what, was, is] of [
    ['memory', then.memoryAlarm, now.memoryAlarm],
    ['disk', then.diskAlarm, now.diskAlarm],
  ] as const)
    if (was !== null && is !== null && was !== is)
      say(is ? 'alarm set' : 'alarm cleared', name, alarmWords(is, what, ` at node ${name}`));
}

function alarmWords(set: boolean, what: string, where: string): string {
  return set
    ? `A ${what} alarm began${where}: the broker takes no publishes until it is over.`
    : `The ${what} alarm${where} is over: publishes are taken again.`;
}

function goneWords(g: GoneConsumer): Seen[] {
  const code = g.code === null ? '' : ` (${g.code})`;
  const words = `Consumer ${g.tag} of queue ${g.queue} went: ${g.cause}${code}. ${g.reason}`;
  return consumer(g.goneAt, 'consumer gone', g, words).map((one) => ({ ...one, why: true }));
}

function clientOf(c: Consumer): string {
  return c.client.name ? `${c.client.name} (${c.connection})` : c.connection;
}

function consumer(at: number, kind: MomentKind, c: Consumer, words: string): Seen[] {
  const { vhost, queue, connection, tag } = c;
  return seen(at, kind, { vhost, queue, connection, consumerTag: tag, words });
}

function seen(
  at: number,
  kind: MomentKind,
  of: Pick<Moment, 'words'> & Partial<Moment>,
  same?: readonly (string | null)[],
): Seen[] {
  const { vhost = '', queue = null, connection = null, consumerTag = null, words } = of;
  const key = about(kind, ...(same ?? [vhost, queue, connection, consumerTag]));
  const moment: Moment = {
    id: idOf(at, key),
    at,
    kind,
    vhost,
    queue,
    connection,
    consumerTag,
    words,
    source: 'read',
    count: 1,
    href: null,
  };
  return [{ about: key, moment }];
}
