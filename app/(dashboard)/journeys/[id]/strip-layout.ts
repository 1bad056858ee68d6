/**
 * Where everything of the strip stands: lanes are queues and exchanges from top to bottom, time runs to the right.
 * Pure: a journey and a width in, places in px out; the component only draws them.
 */

import { placeInTime } from '@/lib/journey/order';
import type { Hop, Journey, JourneyRow } from '@/lib/model/journey';
import { type Moment, type TimeAxis, timeAxis } from './time-axis';

export const LABELS = 150;
export const AXIS = 48;
export const TAP = 28;
/** Least px between two nodes of a lane, centre to centre. */
export const APART = 26;
const LEFT = LABELS + 33;
const RIGHT = 132;
/** From a publish to its exchange's sign. */
const SIGN = 27;
/** From a requeue's sign to the delivery after it. */
const BACK = 34;
const CORNER = 6;
const GAP = 28;

export interface Lane {
  row: JourneyRow;
  y: number;
  height: number;
  mid: number;
}

export interface Node {
  hop: Hop;
  x: number;
  y: number;
  /** Where edges leave: a publish's exchange sign stands to its right. */
  out: number;
}

/** `corner`: leaves its lane at once, then runs along the other one. */
export interface Edge {
  from: string;
  to: string;
  path: string;
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

export interface GapBand {
  id: string;
  x0: number;
  x1: number;
}

export interface StripLayout {
  width: number;
  height: number;
  axis: TimeAxis;
  lanes: Lane[];
  nodes: Node[];
  edges: Edge[];
  waits: Wait[];
  held: Held[];
  gaps: GapBand[];
  tapY: number;
}

export function stripLayout(journey: Journey, width: number): StripLayout {
  const lanes = lanesOf(journey);
  const laneOf = new Map(lanes.map((l) => [l.row.id, l]));
  const byId = new Map(journey.hops.map((h) => [h.id, h]));
  const drawn = journey.hops.filter((h) => h.kind !== 'queue');
  const { moments, offsets, ats } = columnsOf(journey, drawn, byId);
  const axis = timeAxis(moments, LEFT, width - LEFT - RIGHT);

  const xOfMoment = new Map(moments.map((m, i) => [m.at, axis.xs[i] ?? LEFT]));
  const nodes: Node[] = [];
  for (const hop of drawn) {
    const x = (xOfMoment.get(ats.get(hop.id) ?? 0) ?? LEFT) + (offsets.get(hop.id) ?? 0);
    nodes.push({ hop, x, y: laneOf.get(hop.row)?.mid ?? 0, out: hop.kind === 'publish' ? x + SIGN : x });
  }
  const right = Math.max(width, axis.end + RIGHT);
  const last = lanes.at(-1);
  const tapY = last ? last.y + last.height : AXIS;
  const nodeOf = new Map(nodes.map((n) => [n.hop.id, n]));
  return {
    width: right,
    height: tapY + TAP,
    axis,
    lanes,
    nodes,
    ...linesOf(journey, nodeOf, laneOf, right),
    held: heldOf(nodes, axis),
    gaps: bandsOf(journey, axis, right),
    tapY,
  };
}

function lanesOf(journey: Journey): Lane[] {
  let y = AXIS;
  return journey.rows.map((row) => {
    const hops = journey.hops.filter((h) => h.row === row.id);
    const delivered = hops.some((h) => h.kind === 'delivery');
    const height = row.kind === 'exchange' ? 52 : delivered ? 94 : 66;
    const lane = { row, y, height, mid: y + Math.round(height / 2) };
    y += height;
    return lane;
  });
}

/**
 * Hops of one moment form a column. In it each stands right of those that led to it and of those before it in its
 * lane. A requeue, whose time nobody knows, stands right before the delivery that tells of it.
 */
function columnsOf(
  journey: Journey,
  drawn: readonly Hop[],
  byId: ReadonlyMap<string, Hop>,
): { moments: Moment[]; offsets: Map<string, number>; ats: Map<string, number> } {
  const place = placeInTime(journey.hops, journey.firstAt);
  const next = new Map<string, string>();
  for (const hop of journey.hops) for (const from of hop.from) next.set(from, hop.id);
  const ats = new Map<string, number>();
  const backs = new Set<string>();
  for (const hop of drawn) {
    const after = next.get(hop.id);
    const back = hop.kind === 'retry' && hop.at === null && after !== undefined;
    if (back) backs.add(hop.id);
    ats.set(hop.id, (back ? place.get(after) : place.get(hop.id)) ?? journey.firstAt);
  }

  const offsets = new Map<string, number>();
  /** Rightmost place taken in a lane within the column at hand, and, of earlier columns, how far a lane reaches. */
  const columns = new Map<
    number,
    { ends: Map<string, number>; starts: Map<string, number>; width: number }
  >();
  for (const hop of drawn) {
    const at = ats.get(hop.id) ?? 0;
    const column = columns.get(at) ?? { ends: new Map(), starts: new Map(), width: 0 };
    columns.set(at, column);
    const led = leaders(hop, byId).filter((h) => ats.get(h.id) === at);
    const afterLed = led.map((h) => (offsets.get(h.id) ?? 0) + (h.kind === 'publish' ? SIGN : 0) + APART);
    const inLane = column.ends.get(hop.row);
    const needs = backs.has(byId.get(hop.from[0] ?? '')?.id ?? '') ? BACK - APART : 0;
    const offset = Math.max(0, ...afterLed, inLane === undefined ? 0 : inLane + APART) + needs;
    offsets.set(hop.id, offset);
    const end = offset + (hop.kind === 'publish' ? SIGN : 0);
    column.ends.set(hop.row, end);
    if (!column.starts.has(hop.row)) column.starts.set(hop.row, offset);
    column.width = Math.max(column.width, end);
  }
  const moments = [...columns].sort(([a], [b]) => a - b).map(([at, column]) => ({ at, column }));
  return {
    offsets,
    ats,
    moments: moments.map(({ at, column }, i) => {
      const before = moments[i - 1]?.column;
      // a lane that ends early in the column before leaves room already
      const rooms = [...column.starts].map(([row, start]) => {
        const end = before?.ends.get(row);
        return end === undefined || !before ? 0 : APART - (before.width - end) - start;
      });
      return { at, width: column.width, room: Math.max(14, ...rooms) };
    }),
  };
}

/** The drawn hops that led here: waits in queues are passed through. */
function leaders(hop: Hop, byId: ReadonlyMap<string, Hop>): Hop[] {
  return hop.from.flatMap((id) => {
    const from = byId.get(id);
    if (!from) return [];
    return from.kind === 'queue' ? leaders(from, byId) : [from];
  });
}

function linesOf(
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
    for (const from of froms) {
      const to = outs[0] ?? { hop, x: end, y: mid, out: end };
      edges.push(edge(from, { ...to, y: mid }, open ? end : end - 10, hop, !open));
    }
    const start = froms.length > 0 ? Math.max(...froms.map((n) => n.out)) : end - 44;
    // arrow and corner take their part; what is left is the bar
    const x0 = Math.min(start + 14, end - 16);
    const x1 = open ? end : Math.max(end - 20, x0 + 4);
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
  const down = to.y > from.y;
  const turn = to.y + (down ? -CORNER : CORNER);
  const path =
    from.y === to.y
      ? `M${n(x0)} ${n(from.y)}H${n(x1)}`
      : `M${n(x0)} ${n(from.y)}V${n(turn)}Q${n(x0)} ${n(to.y)} ${n(x0 + CORNER)} ${n(to.y)}H${n(Math.max(x1, x0 + CORNER))}`;
  return { from: from.hop.id, to: hop.id, path, arrow, kind, inferred: hop.provenance === 'inferred' };
}

const n = (x: number) => Math.round(x * 10) / 10;

/** From a delivery to the hop that ended it, in its own lane. Before a requeue it was held at most until the next. */
function heldOf(nodes: readonly Node[], axis: TimeAxis): Held[] {
  return nodes.flatMap(({ hop, x, y }) => {
    if (hop.kind !== 'delivery' || hop.at === null) return [];
    const ended = nodes.find((m) => m.hop.from.includes(hop.id) && m.y === y);
    const again =
      ended?.hop.kind === 'retry' ? nodes.find((m) => m.hop.from.includes(ended.hop.id)) : undefined;
    const until = hop.until ?? again?.hop.at ?? null;
    if (until === null) return [];
    const x1 = ended?.x ?? axis.xOf(until);
    return x1 - x > 12 ? [{ hop, x0: x, x1, y, ms: until - hop.at, atMost: hop.until === null }] : [];
  });
}

/** Gaps at least 28 px wide; those after all that was seen stand at the right edge. */
function bandsOf(journey: Journey, axis: TimeAxis, right: number): GapBand[] {
  const edge = right - 12;
  let last = LABELS + 8;
  return journey.gaps.map((gap) => {
    const from = gap.from > journey.lastAt ? axis.end + 24 : axis.xOf(Math.max(gap.from, journey.firstAt));
    const open = gap.to === null || gap.to > journey.lastAt;
    const to = open ? Math.max(axis.end + 52, from + GAP) : axis.xOf(gap.to ?? 0);
    const wide = Math.max(GAP, to - from);
    const middle = (from + to) / 2;
    const x0 = Math.min(edge - GAP, Math.max(last, middle - wide / 2));
    last = Math.min(edge, x0 + wide) + 2;
    return { id: gap.id, x0, x1: Math.min(edge, x0 + wide) };
  });
}
