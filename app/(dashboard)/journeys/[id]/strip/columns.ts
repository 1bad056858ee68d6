/** Which hops stand in one column, and the room that each column needs. Pure; places in px. */
import { placeInTime } from '@/lib/journey/order';
import type { Hop, Journey } from '@/lib/model/journey';
import type { Moment } from './time-axis';

/** Least px between two nodes of a lane, centre to centre. */
export const APART = 26;
/** From a publish to its exchange's sign. */
export const SIGN = 27;
/** From a requeue's sign to the delivery after it. */
const BACK = 34;

interface Column {
  /** Where each lane begins and ends in it, px from its own place. */
  starts: Map<string, number>;
  ends: Map<string, number>;
  width: number;
}

/**
 * Hops of one moment form a column. In it each stands right of those that led to it and of those before it in its
 * lane. A requeue, whose time nobody knows, stands right before the delivery that tells of it.
 */
export function columnsOf(
  journey: Journey,
  drawn: readonly Hop[],
): { moments: Moment[]; offsets: Map<string, number>; ats: Map<string, number> } {
  const byId = new Map(journey.hops.map((h) => [h.id, h]));
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
  const columns = new Map<number, Column>();
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
