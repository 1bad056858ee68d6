/** Scenes for the rules: points of 5 s that end now, and what was known and said before. */
import { judge } from '../lib/findings/attention.ts';
import { type GoneConsumer, queueKey, type Snapshot } from '../lib/model/broker.ts';
import { deadLetterTopology } from '../lib/model/dead-letter-topology.ts';
import type { Attention, Point } from '../lib/model/live.ts';
import type { Judged, Past, UsualDay } from '../lib/model/past.ts';
import { snapshot } from './build.ts';

export const NOW = 10_000_000;
export const SLOT = 5_000;

export type Figures = Partial<Omit<Point, 'at'>>;

/** Points of 5 s that end now, each quiet but for what is named; null: not read. */
export function timeline(figures: readonly (Figures | null)[]): Point[] {
  return figures.map((f, i) => ({
    at: NOW - (figures.length - 1 - i) * SLOT,
    ready: f === null ? null : 0,
    unacked: f === null ? null : 0,
    publish: f === null ? null : 0,
    deliver: f === null ? null : 0,
    ack: f === null ? null : 0,
    redeliver: f === null ? null : 0,
    consumers: f === null ? null : 1,
    ...f,
  }));
}

/** Depths of a queue that is worked on. */
export function ready(depths: readonly (number | null)[], more: Figures = { deliver: 10, ack: 10 }): Point[] {
  return timeline(depths.map((d) => (d === null ? null : { ready: d, ...more })));
}

export interface Scene {
  /** By the name of a queue of the vhost /. */
  points?: Record<string, Point[]>;
  totals?: Point[];
  unattendedFor?: number;
  had?: boolean;
  gone?: GoneConsumer[];
  previous?: Attention[];
  muted?: Record<string, number>;
  /** The same of every queue; null: not looked up yet. */
  usual?: readonly UsualDay[] | null;
}

export function judged(s: Partial<Snapshot>, scene: Scene = {}): Judged {
  const now = snapshot({ readAt: NOW, ...s });
  const of = <T>(by: Record<string, T> = {}) =>
    new Map(Object.entries(by).map(([name, value]) => [queueKey('/', name), value]));
  const points = of(scene.points);
  const { usual } = scene;
  const past: Past = {
    points: (vhost, name, forMs) =>
      (points.get(queueKey(vhost, name)) ?? []).filter((p) => p.at > NOW - forMs),
    unattendedSince: () => (scene.unattendedFor === undefined ? null : NOW - scene.unattendedFor),
    hadConsumer: () => scene.had ?? false,
    totals: () => scene.totals ?? [],
    ...(usual === undefined ? {} : { usual: () => usual }),
    gone: scene.gone ?? [],
    topology: deadLetterTopology(now),
    previous: scene.previous ?? [],
    muted: of(scene.muted),
  };
  return judge(now, past);
}

export function look(s: Partial<Snapshot>, scene: Scene = {}): Attention[] {
  return judged(s, scene).found;
}

export function codes(found: readonly Attention[]): string[] {
  return found.map((a) => `${a.code} ${a.queue}`.trim());
}
