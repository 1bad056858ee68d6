/**
 * Writes down what happened: from the difference of two readings, and as the broker tells it. What is heard both ways is
 * one moment:
 *
 *   read:  consumer gone ──┐ within a minute
 *   told:  consumer.deleted ┴──▶ one ID: the broker's time, and the words that say more
 *
 * At the first reading nothing is new. A storm is counted, not listed: "1,240 queues were declared".
 */
import { log, wordsOf } from '../log.ts';
import type { GoneConsumer, Snapshot } from '../model/broker.ts';
import type { BrokerEvent } from '../model/broker-event.ts';
import type { Moment, MomentKind } from '../model/moment.ts';
import type { MomentStore } from '../store/moments.ts';
import { ChangeReader } from './moment-changes.ts';
import { seenOf } from './moment-events.ts';
import { idOf, merged, type Seen } from './moment-seen.ts';

/** Rows of one kind in one vhost within a minute; beyond, the rest of that minute is one row. */
const MOST_EACH = 200;
const MINUTE_MS = 60_000;
/** For so long the other way of hearing of it may follow: events are held back a second, readings come by their pace. */
const SAME_MS = 60_000;
/** Our clock and the broker's differ, and events are stored a little after they happened. */
const LATE_MS = 15_000;
const MOST_EVENTS = 2_000;
const ALIVE_MS = 10_000;
const FORGET_MS = 900_000;

/** One reading alone shows such a change; the others are worked out at each reading for a while, or in two steps. */
const shownOnce: ReadonlySet<MomentKind> = new Set([
  'alarm set',
  'alarm cleared',
  'node down',
  'queue declared',
  'queue deleted',
]);

export interface MomentRecorder {
  /** After each reading; `gone`: those who went of late, with why. */
  read(snapshot: Snapshot, gone: readonly GoneConsumer[]): void;
  /** The broker does not answer, since `since` (ms since 1970). */
  away(since: number, reason: string): void;
}

export interface MomentDeps {
  store: MomentStore;
  /** `FactReader.events` */
  events: (vhosts: readonly string[], from: number, to: number, limit: number) => BrokerEvent[];
  clock: () => number;
}

export function createMomentRecorder({ store, events, clock }: MomentDeps): MomentRecorder {
  const startedAt = clock();
  const changes = new ChangeReader();
  /** What was written of late, by what it is about; null: counted only. */
  const recent = new Map<string, { at: number; moment: Moment | null }>();
  const heard = new Map<string, number>();
  const counts = new Map<string, number>();
  let aliveAt = Number.NEGATIVE_INFINITY;
  let forgotAt = startedAt;
  let awaySince: number | null = null;
  let readAt = startedAt;

  /** The live picture does not depend on the disk. */
  function safely(work: () => void): void {
    try {
      work();
    } catch (error) {
      log.warn('what happened could not be written down', { error: wordsOf(error) });
    }
  }

  function write(moments: readonly Moment[]): void {
    if (moments.length > 0) store.add(moments);
  }

  /** Notes now and then that somebody looks; at the first time gives how long nobody did. */
  function stamp(now: number): Moment[] {
    const isFirst = aliveAt === Number.NEGATIVE_INFINITY;
    if (now - aliveAt < ALIVE_MS) return [];
    aliveAt = now;
    const before = store.alive(now);
    if (now - forgotAt > FORGET_MS) {
      forgotAt = now;
      store.forget(now);
    }
    return isFirst && before !== null && startedAt > before ? [startMoment(before, startedAt)] : [];
  }

  function told(snapshot: Snapshot, now: number): Seen[] {
    const vhosts = snapshot.vhosts.map((v) => v.name);
    // since the reading before: the broker may have been away for longer than events are late
    const from = Math.max(startedAt, Math.min(readAt, now) - LATE_MS);
    readAt = now;
    const fresh = events(vhosts, from, now + LATE_MS, MOST_EVENTS).filter((event) => !heard.has(event.id));
    for (const { id, at } of fresh) heard.set(id, Math.max(at, now));
    for (const [id, at] of heard) if (at < now - 4 * LATE_MS) heard.delete(id);
    return fresh.flatMap((event) => seenOf(event) ?? []);
  }

  function rowsOf(seen: readonly Seen[], now: number): Moment[] {
    const rows: Moment[] = [];
    const news: Seen[] = [];
    const newest = new Map<string, number>();
    for (const one of seen) {
      const place = newest.get(one.about);
      const fresh = place === undefined ? undefined : news[place];
      const old = fresh ?? recent.get(one.about);
      // told twice it happened twice; so it did when readings show it twice and nobody told
      const again =
        one.moment.source === old?.moment?.source &&
        (one.moment.source === 'told' || shownOnce.has(one.moment.kind));
      if (!old || again) newest.set(one.about, news.push(one) - 1);
      else if (fresh && place !== undefined)
        news[place] = { ...fresh, moment: merged(fresh.moment, one) ?? fresh.moment };
      else {
        const next = old.moment && merged(old.moment, one);
        if (next) rows.push(next);
        if (next) recent.set(one.about, { at: now, moment: next });
      }
    }
    for (const group of Map.groupBy(news, ({ moment }) => `${moment.kind}\0${moment.vhost}`).values())
      rows.push(...bounded(group, now));
    return rows;
  }

  function bounded(group: readonly Seen[], now: number): Moment[] {
    const [first] = group;
    if (!first) return [];
    const { kind, vhost } = first.moment;
    const minute = Math.floor(now / MINUTE_MS);
    const key = JSON.stringify([kind, vhost, minute]);
    const one = counts.get(key) ?? 0;
    const rest = counts.get(`${key} storm`) ?? 0;
    if (rest === 0 && one + group.length <= MOST_EACH) {
      counts.set(key, one + group.length);
      for (const { about, moment } of group) recent.set(about, { at: now, moment });
      return group.map(({ moment }) => moment);
    }
    counts.set(`${key} storm`, rest + group.length);
    for (const { about } of group) recent.set(about, { at: now, moment: null });
    return [stormMoment(key, first.moment, rest + group.length, now)];
  }

  function forgetOld(now: number): void {
    for (const [about, { at }] of recent) if (at < now - SAME_MS) recent.delete(about);
    const minute = Math.floor(now / MINUTE_MS);
    for (const key of counts.keys())
      if (!key.includes(`,${minute}]`) && !key.includes(`,${minute - 1}]`)) counts.delete(key);
  }

  return {
    read(snapshot, gone) {
      const now = snapshot.readAt;
      const back = awaySince === null ? [] : [backMoment(awaySince, now)];
      awaySince = null;
      const changed = changes.between(snapshot, gone);
      safely(() => {
        const rows = rowsOf([...told(snapshot, now), ...changed], now);
        write([...stamp(now), ...back, ...rows]);
      });
      forgetOld(now);
    },
    away(since, reason) {
      if (awaySince !== null) return;
      awaySince = since;
      const away = broker('broker away', since, `The broker could not be reached: ${reason}`);
      safely(() => write([...stamp(clock()), away]));
    },
  };
}

function broker(kind: MomentKind, at: number, words: string): Moment {
  const nowhere = { vhost: '', queue: null, connection: null, consumerTag: null };
  return { id: idOf(at, kind), at, kind, ...nowhere, words, source: 'read', count: 1, href: null };
}

function backMoment(since: number, now: number): Moment {
  return broker('broker back', now, `The broker answers again, after ${span(now - since)}.`);
}

function startMoment(before: number, at: number): Moment {
  return broker(
    'hoplight started',
    at,
    `Hoplight started; for ${span(at - before)} before nobody had looked at the broker.`,
  );
}

const plural: Partial<Record<MomentKind, string>> = {
  'consumer came': 'consumers began',
  'consumer gone': 'consumers went',
  'connection opened': 'connections were opened',
  'connection gone': 'connections ended',
  'channel closed': 'channels were closed',
  'queue declared': 'queues were declared',
  'queue deleted': 'queues were deleted',
  'policy changed': 'policies were changed',
};

function stormMoment(key: string, like: Moment, count: number, now: number): Moment {
  const what = plural[like.kind] ?? `times: ${like.kind}`;
  return {
    ...like,
    id: idOf(Math.floor(now / MINUTE_MS) * MINUTE_MS, key),
    at: now,
    queue: null,
    connection: null,
    consumerTag: null,
    count,
    words: `${count.toLocaleString('en-US')} ${what} within a minute.`,
  };
}

/** `40 s`, `12 min`, `3 h 20 min`, `2 d 4 h` */
function span(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  if (minutes < 2) return `${Math.round(ms / 1_000)} s`;
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
