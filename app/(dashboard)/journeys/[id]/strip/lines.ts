/** What is drawn between nodes: edges, waits, the time in which a consumer held a message, gaps. Pure; places in px. */

import type { Hop, Journey } from '@/lib/model/journey';
import { isBand } from '../gap-words';
import { LABELS, type Lane, type Node } from './measures';
import type { Moment, TimeAxis } from './time-axis';

const CORNER = 6;
const GAP = 28;
const CLEAR = 18;

export interface Edge {
  from: string;
  to: string;
  path: string;
  x0: number;
  x1: number;
  arrow: boolean;
  kind: 'plain' | 'dead' | 'replayed' | 'settled';
  inferred: boolean;
}

/** A wait in a queue: from entering it to leaving it, or on to the right edge (`open`). */
export interface Wait {
  hop: Hop;
  x0: number;
  x1: number;
  y: number;
  inferred: boolean;
  open: boolean;
}

/** A consumer holding a message. Where its end is not known, `ms` is at most how long. */
export interface Held {
  hop: Hop;
  x0: number;
  x1: number;
  y: number;
  ms: number;
  atMost: boolean;
}

/** A span of the consumer, small under its delivery; `level` counts from 0 downwards. */
export interface SpanBar {
  key: string;
  hop: Hop;
  x0: number;
  x1: number;
  y: number;
  error: boolean;
}

export interface GapBand {
  id: string;
  x0: number;
  x1: number;
}

export function linesOf(
  journey: Journey,
  nodeOf: ReadonlyMap<string, Node>,
  laneOf: ReadonlyMap<string, Lane>,
  right: number,
): { edges: Edge[]; waits: Wait[] } {
  const edges: Edge[] = [];
  const waits: Wait[] = [];
  const after = new Map<string, Node[]>();
  for (const hop of journey.hops) {
    const node = nodeOf.get(hop.id);
    if (node) for (const id of hop.from) after.set(id, [...(after.get(id) ?? []), node]);
  }
  for (const hop of journey.hops) {
    const node = nodeOf.get(hop.id);
    if (node) {
      for (const id of hop.from) {
        const from = nodeOf.get(id);
        if (from) edges.push(edge(from, node, node.x - 10, hop));
      }
      continue;
    }
    const mid = laneOf.get(hop.row)?.mid ?? 0;
    const outs = after.get(hop.id) ?? [];
    const end = outs.length > 0 ? Math.min(...outs.map((n) => n.x)) : right - 20;
    const froms = hop.from.flatMap((id) => nodeOf.get(id) ?? []);
    const inferred = hop.provenance === 'inferred';
    const open = outs.length === 0;
    const start = froms.length > 0 ? Math.max(...froms.map((n) => n.out)) : end - 44;
    // a dead letter falls straight into its wait; other waits leave room for the corner and the arrow
    const fell = froms.some((n) => n.hop.kind === 'death');
    const arrow = !open && !fell && outs.some((n) => n.hop.kind === 'delivery');
    const x0 = Math.min(start + (fell ? CORNER : 14), end - 16);
    const x1 = open ? end : Math.max(end - (arrow ? 20 : 9), x0 + 4);
    for (const from of froms) {
      const to = outs[0] ?? { hop, x: end, y: mid, out: end };
      const far = arrow ? end - 10 : fell ? x0 + 2 : x1;
      edges.push(edge(from, { ...to, y: mid }, far, hop, arrow));
    }
    waits.push({ hop, x0, x1, y: mid, inferred, open });
  }
  return { edges, waits };
}

function edge(from: Node, to: Node, x1: number, hop: Hop, arrow = from.y !== to.y): Edge {
  const x0 = from.out;
  const kind =
    from.hop.kind === 'death'
      ? 'dead'
      : from.hop.kind === 'replay' || hop.kind === 'replay'
        ? 'replayed'
        : hop.kind === 'settlement'
          ? 'settled'
          : 'plain';
  const path = pathTo(x0, from.y, x1, to.y);
  return {
    from: from.hop.id,
    to: hop.id,
    path,
    x0: Math.min(x0, x1),
    x1: Math.max(x0, x1),
    arrow,
    kind,
    inferred: hop.provenance === 'inferred',
  };
}

/** Along its lane, or down (up) to the other one at once and then along that. */
export function pathTo(x0: number, y0: number, x1: number, y1: number): string {
  if (y0 === y1) return `M${px(x0)} ${px(y0)}H${px(x1)}`;
  const turn = y1 + (y1 > y0 ? -CORNER : CORNER);
  return `M${px(x0)} ${px(y0)}V${px(turn)}Q${px(x0)} ${px(y1)} ${px(x0 + CORNER)} ${px(y1)}H${px(Math.max(x1, x0 + CORNER))}`;
}

/** As paths write it: to a tenth. */
export const px = (x: number) => Math.round(x * 10) / 10;

/** From a delivery to the hop that ended it, in its own lane. Before a requeue it was held at most until the next. */
export function heldOf(nodes: readonly Node[], axis: TimeAxis): Held[] {
  const after = new Map<string, Node[]>();
  for (const node of nodes)
    for (const id of node.hop.from) {
      const list = after.get(id);
      if (list) list.push(node);
      else after.set(id, [node]);
    }
  return nodes.flatMap(({ hop, x, y }) => {
    if (hop.kind !== 'delivery' || hop.at === null) return [];
    const ended = after.get(hop.id)?.find((m) => m.y === y);
    const again = ended?.hop.kind === 'retry' ? after.get(ended.hop.id)?.[0] : undefined;
    const until = hop.until ?? again?.hop.at ?? null;
    if (until === null) return [];
    const x1 = ended?.x ?? axis.xOf(until);
    return x1 - x > 12 ? [{ hop, x0: x, x1, y, ms: until - hop.at, atMost: hop.until === null }] : [];
  });
}

/** Rows of spans under a delivery: more would run into its words. */
const SPAN_ROWS = 2;

/**
 * The spans of each delivery in their own time, between its sign and the next one of its lane: the outermost in the first
 * row, those below it in the second. By the service's own clock, which may run beside the tap's: kept within the room.
 */
export function spanBarsOf(nodes: readonly Node[], axis: TimeAxis, right: number): SpanBar[] {
  const bars: SpanBar[] = [];
  const lanes = Map.groupBy(nodes, (node) => node.y);
  for (const lane of lanes.values()) {
    lane.sort((a, b) => a.x - b.x);
    lane.forEach(({ hop, x, y }, i) => {
      if (hop.kind !== 'delivery' || hop.spans.length === 0) return;
      const room = (lane[i + 1]?.x ?? right) - 12;
      const ids = new Set(hop.spans.map((s) => s.spanId));
      for (const span of hop.spans.slice(0, 24)) {
        const level = span.parentSpanId !== null && ids.has(span.parentSpanId) ? 1 : 0;
        const x0 = Math.min(Math.max(axis.xOf(span.startAt), x), room - 3);
        const x1 = Math.max(x0 + 3, Math.min(axis.xOf(span.endAt), room));
        if (level >= SPAN_ROWS || x0 < x) continue;
        bars.push({
          key: `${hop.id} ${span.spanId}`,
          hop,
          x0,
          x1,
          y: y + 10 + level * 3,
          error: span.status === 'error',
        });
      }
    });
  }
  return bars;
}

/**
 * Gaps at least 28 px wide, clear of the moments before and after where there is room; those after all that was seen
 * stand at the right edge.
 */
export function bandsOf(
  journey: Journey,
  axis: TimeAxis,
  moments: readonly Moment[],
  right: number,
): GapBand[] {
  const edge = right - 12;
  let last = LABELS + 8;
  return journey.gaps.filter(isBand).map((gap) => {
    const after = gap.from > journey.lastAt;
    const from = after ? axis.end + 24 : axis.xOf(Math.max(gap.from, journey.firstAt));
    const open = gap.to === null || gap.to > journey.lastAt;
    const to = open ? Math.max(axis.end + 52, from + GAP) : axis.xOf(gap.to ?? 0);
    const wide = Math.max(GAP, to - from);
    const i = moments.findLastIndex((m) => m.at <= gap.from);
    const low = i < 0 || after ? last : (axis.xs[i] ?? 0) + (moments[i]?.width ?? 0) + CLEAR;
    const next = moments[i + 1];
    const within = next && gap.to !== null && gap.to <= next.at;
    const high = within ? (axis.xs[i + 1] ?? edge) - CLEAR : edge;
    const wanted = (from + to) / 2 - wide / 2;
    const clear = high - low >= wide ? Math.min(high - wide, Math.max(low, wanted)) : wanted;
    const x0 = Math.min(edge - GAP, Math.max(last, clear));
    last = Math.min(edge, x0 + wide) + 2;
    return { id: gap.id, x0, x1: Math.min(edge, x0 + wide) };
  });
}
