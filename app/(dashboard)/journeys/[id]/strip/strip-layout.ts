/**
 * Where everything of the strip stands: lanes are queues and exchanges from top to bottom, time runs to the right.
 * Pure: a journey and a width in, places in px out; the component only draws them.
 */
import type { Journey } from '@/lib/model/journey';
import { columnsOf, SIGN } from './columns';
import type { Fold } from './fold';
import {
  bandsOf,
  type Edge,
  type GapBand,
  type Held,
  heldOf,
  linesOf,
  pathTo,
  type SpanBar,
  spanBarsOf,
  type Wait,
} from './lines';
import { AXIS, LABELS, type Lane, type Node, TAP } from './measures';
import { type TimeAxis, timeAxis } from './time-axis';

const LEFT = LABELS + 33;
const RIGHT = 132;

/** Branches folded into one lane: from the first to the last of what ended them. */
export interface FoldBar {
  fold: Fold;
  x0: number;
  x1: number;
  y: number;
  /** From where it was published to here; empty where that is not drawn. */
  path: string;
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
  spans: SpanBar[];
  folds: FoldBar[];
  gaps: GapBand[];
  tapY: number;
}

export function stripLayout(journey: Journey, width: number, folds: readonly Fold[] = []): StripLayout {
  const lanes = lanesOf(journey, folds);
  const laneOf = new Map(lanes.map((l) => [l.row.id, l]));
  const drawn = journey.hops.filter((h) => h.kind !== 'queue');
  const { moments, offsets, ats } = columnsOf(journey, drawn);
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
    spans: spanBarsOf(nodes, axis, right),
    folds: folds.flatMap((fold) => foldBar(fold, laneOf, nodeOf, axis)),
    gaps: bandsOf(journey, axis, moments, right),
    tapY,
  };
}

function lanesOf(journey: Journey, folds: readonly Fold[]): Lane[] {
  const folded = new Set(folds.map((f) => f.id));
  const byRow = Map.groupBy(journey.hops, (hop) => hop.row);
  let y = AXIS;
  return journey.rows.map((row) => {
    const hops = byRow.get(row.id) ?? [];
    const delivered = hops.some((h) => h.kind === 'delivery');
    const busy =
      delivered && hops.some((h) => h.redelivered || h.kind === 'settlement' || h.kind === 'death');
    const small = row.kind === 'exchange' || folded.has(row.id);
    // spans lie between a delivery and its words
    const spans = hops.some((h) => h.kind === 'delivery' && h.spans.length > 0) ? 6 : 0;
    const height = small ? 52 : busy ? 94 + spans : delivered ? 80 + spans : 66;
    // words stand under a delivery
    const lane = {
      row,
      y,
      height,
      mid: y + (small ? 26 : delivered && !busy ? 29 : Math.round((height - spans) / 2)),
    };
    y += height;
    return lane;
  });
}

function foldBar(
  fold: Fold,
  laneOf: ReadonlyMap<string, Lane>,
  nodeOf: ReadonlyMap<string, Node>,
  axis: TimeAxis,
): FoldBar[] {
  const lane = laneOf.get(fold.id);
  if (!lane) return [];
  const from = fold.from.flatMap((id) => nodeOf.get(id) ?? []).at(0);
  const start = from ? from.out + 34 : LEFT;
  const x0 = fold.firstAt === null ? start : Math.max(start, axis.xOf(fold.firstAt));
  const x1 = Math.max(x0 + 20, fold.lastAt === null ? 0 : axis.xOf(fold.lastAt));
  const y = lane.mid;
  return [{ fold, x0, x1, y, path: from ? pathTo(from.out, from.y, x0 - 10, y) : '' }];
}
