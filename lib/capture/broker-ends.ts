/**
 * Why consumers, channels and connections ended. Three tell of it, in any order and each by itself: the log (reasons), the
 * order of the events (abrupt or in good order), and what else went at that time (a queue, a node).
 */
import { type GoneCause, queueKey } from '../model/broker.ts';
import type { BrokerEvent } from '../model/broker-event.ts';
import type { KnownConsumer } from './broker-clients.ts';
import { Reasons } from './broker-reasons.ts';

export interface End {
  cause: GoneCause;
  /** AMQP's; absent: it has none. */
  code?: number;
  /** The broker's or the operator's own words. */
  text?: string;
  deduced?: boolean;
  /** Whose end took it along, where that is another node than its own. */
  node?: string;
  /** In the middle of a sentence: `the broker closed it: …`. */
  words: string;
}

const abrupt: End = {
  cause: 'client lost',
  deduced: true,
  words: 'its connection ended without being closed',
};
const orderly: End = {
  cause: 'client closed',
  deduced: true,
  words: 'its connection was closed in good order',
};
/** The log says who closes: without a reason it was the client. */
export const closedByClient: End = {
  cause: 'client closed',
  words: 'its client closed the connection in good order',
};
/** The log would have told a mistake. */
const channelClosedByClient: End = {
  cause: 'channel closed',
  words: 'its client closed the channel, the connection lives',
};
const channelEnded: End = {
  cause: 'channel closed',
  deduced: true,
  words: 'its channel ended, the connection lives',
};

/** How long the end of a queue, or of a node, explains that of consumers. */
const EXPLAINS_MS = 10_000;
/** From the word that a node stops to its last connection: plugins are stopped before. */
const STOPPING_MS = 60_000;

export class Ends {
  /** The log is listened to: what it does not say was no fault. */
  hearsLog = false;
  /** Of a connection (its name) or a channel (`name (2)`), by the log. */
  readonly #told = new Reasons<End>();
  /** Of a connection, by the order of events. */
  readonly #seen = new Reasons<End>();
  readonly #inOrder = new Reasons<End>();
  readonly #deleted = new Map<string, { at: number; by: string | null }>();
  readonly #stopped = new Map<string, number>();

  /** Answers false when the same was told a moment ago. */
  told(name: string, end: End, at: number): boolean {
    return this.#told.note(name, end, at);
  }

  /** The log's line of a connection that was closed without a fault; also after an operator's close. */
  closedInOrder(connection: string, at: number): void {
    this.#inOrder.note(connection, closedByClient, at);
  }

  closed(connection: string, wasAbrupt: boolean, at: number): void {
    this.#seen.note(connection, wasAbrupt ? abrupt : orderly, at);
  }

  /** `by` null: the broker itself. */
  queueDeleted(vhost: string, queue: string, by: string | null, at: number): void {
    this.#deleted.set(queueKey(vhost, queue), { at, by });
  }

  nodeStopped(node: string, at: number): void {
    this.#stopped.set(node, at);
  }

  /** It takes connections again. */
  nodeRuns(node: string): void {
    this.#stopped.delete(node);
  }

  /** The log's reason; null: it gave none. */
  toldOf(connection: string, at: number): End | null {
    return this.#told.near(connection, at);
  }

  seen(connection: string, at: number): boolean {
    return this.#seen.near(connection, at) !== null;
  }

  ofConnection(connection: string, node: string | null, at: number): End | null {
    return (
      this.#told.near(connection, at) ??
      this.#ofNode(node) ??
      this.#inOrder.near(connection, at) ??
      this.#seen.near(connection, at)
    );
  }

  /**
   * `actor`: who did it, as `consumer.deleted` tells; null: nobody did. A queue that somebody deleted explains its consumers
   * before all else, one that the broker deleted last: it may have gone because they went. `lives`: its channel does.
   */
  ofConsumer(
    one: KnownConsumer,
    at: { channel: string | null; node: string | null; now: number; lives: boolean },
    actor: string | null,
  ): End {
    const deleted = this.#deleted.get(queueKey(one.vhost, one.queue));
    if (deleted?.by) return queueEnd(deleted.by);
    const { connection } = one;
    const end =
      (at.channel !== null && this.#told.near(at.channel, at.now)) ||
      (connection !== null && this.ofConnection(connection, at.node, at.now)) ||
      this.#ofNode(at.node);
    if (end) return end;
    if (actor !== null) return { cause: 'cancelled', words: 'its client cancelled it' };
    if (deleted) return queueEnd(null);
    if (at.lives) return this.#byBroker();
    return this.hearsLog ? channelClosedByClient : channelEnded;
  }

  /** The broker takes a consumer off a channel that lives when the queue is away: with its node, most often. */
  #byBroker(): End {
    const [node, ...others] = this.#stopped.keys();
    if (node === undefined || others.length > 0)
      return { cause: 'cancelled', deduced: true, words: 'the broker cancelled it, its channel lives' };
    return { cause: 'node restarted', node, words: `node ${node} stopped, and its queue with it` };
  }

  prune(now: number): void {
    for (const reasons of [this.#told, this.#seen, this.#inOrder]) reasons.prune(now);
    for (const [key, { at }] of this.#deleted) if (now - at > EXPLAINS_MS) this.#deleted.delete(key);
    for (const [node, at] of this.#stopped) if (now - at > STOPPING_MS) this.#stopped.delete(node);
  }

  #ofNode(node: string | null): End | null {
    if (node === null || !this.#stopped.has(node)) return null;
    return { cause: 'node restarted', words: `node ${node} was stopped` };
  }
}

/** What an event keeps of it. */
export function endFields({ cause, code, text, deduced }: End): Partial<BrokerEvent> {
  return {
    cause,
    ...(code === undefined ? {} : { code }),
    ...(text === undefined ? {} : { text }),
    ...(deduced ? { deduced } : {}),
  };
}

function queueEnd(by: string | null): End {
  const words = 'its queue was deleted';
  return by === null ? { cause: 'queue deleted', words } : { cause: 'queue deleted', words, text: by };
}
