/** What changed from one reading to the next, as moments. Nothing is new at the first, nor where a part was not read. */
import { type Consumer, type GoneConsumer, type Node, queueKey, type Snapshot } from '../model/broker.ts';
import type { Moment, MomentKind } from '../model/moment.ts';
import { about, idOf, type Seen } from './moment-seen.ts';
import { consumerKey } from './reading.ts';
import { isOwnConsumer } from './snapshot.ts';

/** A gone consumer's reason may still become clearer for so long. */
const REFINED_MS = 20_000;

export class ChangeReader {
  #queues: { part: string; known: Map<string, { vhost: string; name: string }> } | null = null;
  #consumers: Map<string, Consumer> | null = null;
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
    const known = new Map(queues.map(({ vhost, name }) => [queueKey(vhost, name), { vhost, name }]));
    if (part === lists.join()) return [];
    this.#queues = { part, known };
    // another list than before may show others, without anything having happened
    if (!before || before.part !== part) return [];
    const changed = (from: typeof known, to: typeof known, kind: MomentKind, how: string) =>
      [...to].flatMap(([key, q]) =>
        from.has(key)
          ? []
          : seen(readAt, kind, { vhost: q.vhost, queue: q.name, words: `Queue ${q.name} was ${how}.` }),
      );
    return [
      ...changed(before.known, known, 'queue declared', 'declared'),
      ...changed(known, before.known, 'queue deleted', 'deleted'),
    ];
  }

  #consumerChanges({ consumers, missing, readAt }: Snapshot, gone: readonly GoneConsumer[]): Seen[] {
    if (missing.some((m) => m.what === 'consumers')) return [];
    const before = this.#consumers;
    // the broker lists one at first without its connection
    const named = consumers.filter((c) => c.connection !== '' && !isOwnConsumer(c));
    this.#consumers = new Map(named.map((c) => [consumerKey(c), c]));
    if (!before) return [];
    const reasons = new Map(
      gone.filter((g) => g.goneAt > readAt - REFINED_MS).map((g) => [consumerKey(g), g]),
    );
    const left = [...before].flatMap(([key, c]) => {
      if (this.#consumers?.has(key) || reasons.has(key)) return [];
      return consumer(readAt, 'consumer gone', c, `Consumer ${c.tag} of queue ${c.queue} went.`);
    });
    const came = named.filter((c) => !before.has(consumerKey(c)));
    return [
      ...[...reasons.values()].filter((g) => g.connection !== '').flatMap(goneWords),
      ...left,
      ...came.flatMap((c) =>
        consumer(
          readAt,
          'consumer came',
          c,
          `Consumer ${c.tag} of queue ${c.queue} began at ${clientOf(c)}.`,
        ),
      ),
    ];
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
