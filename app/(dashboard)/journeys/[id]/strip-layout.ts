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
const CLEAR = 18;

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
    gaps: bandsOf(journey, axis, moments, right),
    tapY,
  };
}

function lanesOf(journey: Journey): Lane[] {
  let y = AXIS;
  return journey.rows.map((row) => {
    const hops = journey.hops.filter((h) => h.row === row.id);
    const delivered = hops.some((h) => h.kind === 'delivery');
    const busy =
      delivered && hops.some((h) => h.redelivered || h.kind === 'settlement' || h.kind === 'death');
    const height = row.kind === 'exchange' ? 52 : busy ? 94 : delivered ? 80 : 66;
    // words stand under a delivery
    const lane = { row, y, height, mid: y + (delivered && !busy ? 29 : Math.round(height / 2)) };
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
  const next = new Map<string, Hop>();
  for (const hop of journey.hops) for (const from of hop.from) next.set(from, hop);
  const ats = new Map<string, number>();
  const backs = new Set<string>();
  for (const hop of drawn) {
    let after = next.get(hop.id);
    if (after?.kind === 'queue') after = next.get(after.id);
    const back = hop.kind === 'retry' && hop.at === null && after?.kind === 'delivery';
    if (back) backs.add(hop.id);
    ats.set(hop.id, place.get(back && after ? after.id : hop.id) ?? journey.firstAt);
  }

  const offsets = new Map<string, number>();
  /** Of each moment: where each lane begins and ends in it, px from its own place. */
  const columns = new Map<
    number,
    { ends: Map<string, number>; starts: Map<string, number>; width: number }
  >();
  for (const hop of drawn) {
    const at = ats.get(hop.id) ?? 0;
    const column: Column = columns.get(at) ?? { ends: new Map(), starts: new Map(), width: 0 };
    columns.set(at, column);
    if (backs.has(hop.id)) continue;
    const led = leaders(hop, byId).filter((h) => ats.get(h.id) === at);
    const back = led.find((h) => backs.has(h.id));
    const afterLed = led
      .filter((h) => h !== back)
      .map((h) => (offsets.get(h.id) ?? 0) + (h.kind === 'publish' ? SIGN : 0) + APART);
    const inLane = column.ends.get(hop.row);
    const behind = inLane === undefined ? 0 : inLane + APART + (back ? BACK : 0);
    const offset = Math.max(0, ...afterLed, behind);
    offsets.set(hop.id, offset);
    const end = offset + (hop.kind === 'publish' ? SIGN : 0);
    if (!column.starts.has(hop.row)) column.starts.set(hop.row, offset);
    if (back) {
      // it was back in its queue at some time before: drawn right before, where the lane has room for it
      offsets.set(back.id, offset - BACK);
      if (!column.starts.has(back.row) || back.row === hop.row)
        column.starts.set(back.row, Math.min(column.starts.get(back.row) ?? 0, offset - BACK));
    }
    column.ends.set(hop.row, end);
    column.width = Math.max(column.width, end);
  }
  return { offsets, ats, moments: roomsOf([...columns].sort(([a], [b]) => a - b)) };
}

interface Column {
  ends: Map<string, number>;
  starts: Map<string, number>;
  width: number;
}

/** The room that each column needs from the one before, so that in no lane two nodes come too near. */
function roomsOf(columns: readonly [number, Column][]): Moment[] {
  /** Where each lane ends and where the last column ends, if all stood as near as they may. */
  const lanes = new Map<string, number>();
  let end = 0;
  return columns.map(([at, column], i) => {
    const rooms = [...column.starts].map(([row, start]) => {
      const last = lanes.get(row);
      return last === undefined ? 0 : last + APART - start - end;
    });
    const room = i === 0 ? 0 : Math.max(14, ...rooms);
    for (const [row, to] of column.ends) lanes.set(row, end + room + to);
    end += room + column.width;
    return { at, width: column.width, room };
  });
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

/**
 * Gaps at least 28 px wide, clear of the moments before and after where there is room; those after all that was seen
 * stand at the right edge.
 */
function bandsOf(journey: Journey, axis: TimeAxis, moments: readonly Moment[], right: number): GapBand[] {
  const edge = right - 12;
  let last = LABELS + 8;
  return journey.gaps.map((gap) => {
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
