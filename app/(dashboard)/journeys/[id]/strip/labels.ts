/** The words on the strip, each cut to the room that its lane leaves. Pure. */
import { duration } from '@/app/_ui/format';
import type { Hop } from '@/lib/model/journey';
import { answerOf, type ClientNames, clientOf, publisherOf, reached, reasonOf, sourceOf } from '../hop-words';
import { LABELS, type Node } from './measures';
import type { StripLayout } from './strip-layout';

export interface Label {
  key: string;
  x: number;
  y: number;
  anchor: 'start' | 'middle' | 'end';
  look: 'name' | 'plain' | 'mono' | 'dead' | 'replayed' | 'settled' | 'delivered' | 'returned';
  text: string;
  /** After the text, in monospace; and what follows it. */
  name?: string;
  after?: string;
}

const CHAR = { sans: 6.6, mono: 7.1 };
/** Room that a label under the last node of a lane may take. */
const TAIL = 200;

/** The text in at most `px`: cut with an ellipsis, or nothing where not even three characters fit. */
export function shorten(text: string, px: number, mono = false): string {
  const most = Math.floor(px / (mono ? CHAR.mono : CHAR.sans));
  if (text.length <= most) return text;
  return most < 4 ? '' : `${text.slice(0, most - 1).toWellFormed()}…`;
}

export function stripLabels(layout: StripLayout, names: ClientNames): Label[] {
  const labels: Label[] = [];
  const add = (hop: Hop, part: string, label: Omit<Label, 'key'>, px: number) => {
    const { name } = label;
    const room = name === undefined ? px : px - (label.text.length + 1) * CHAR.sans;
    const tail = name === undefined ? undefined : shorten(name, room, true);
    const text =
      tail === '' ? shorten(`${label.text} ${name}`, px) : shorten(label.text, px, label.look === 'mono');
    const rest = tail === name && name !== undefined ? room - name.length * CHAR.mono : 0;
    const after = label.after === undefined ? undefined : shorten(label.after, rest) || undefined;
    if (text) labels.push({ ...label, key: `${hop.id} ${part}`, text, name: tail || undefined, after });
  };
  const downwards = new Set(
    layout.edges.filter((e) => e.kind === 'plain' && e.path.includes('V')).map((e) => e.from),
  );
  const spanned = new Set(layout.spans.map((bar) => bar.hop.id));
  const lanes = Map.groupBy(layout.nodes, (node) => node.y);
  for (const nodes of lanes.values()) {
    nodes.sort((a, b) => a.x - b.x);
    nodes.forEach((node, i) => {
      label(node, nodes.slice(i + 1), nodes[i - 1]);
    });
  }

  function label(node: Node, later: readonly Node[], earlier: Node | undefined): void {
    const { hop, x, y } = node;
    const right = layout.width - 8;
    switch (hop.kind) {
      case 'publish': {
        const px = (later[0]?.x ?? right) - 16 - node.out - 19;
        const by = publisherOf(hop, names);
        const key = hop.routingKeys[0];
        const at = { x: node.out + 19, anchor: 'start' as const };
        const seen = hop.provenance === 'observed';
        add(
          hop,
          'by',
          {
            ...at,
            y: y - 3,
            look: 'name',
            ...named(seen ? 'published' : 'published, unseen', seen ? by : null),
          },
          px,
        );
        const words = [reached(hop), answerOf(hop)?.replace('copy ', '') ?? null].filter((w) => w !== null);
        const after = words.join(', ');
        add(
          hop,
          'key',
          {
            ...at,
            y: y + 13,
            look: 'plain',
            ...(key ? { text: 'key', name: key, after: after && `, ${after}` } : { text: after }),
          },
          px,
        );
        break;
      }
      case 'delivery': {
        const next = later.find((n) => ['delivery', 'settlement', 'death'].includes(n.hop.kind));
        const settled = next?.hop.kind === 'settlement';
        const left = next ? next.x - (x - 10) - 16 : right - (x - 10);
        const px = Math.min(TAIL, settled ? left - 34 : left);
        // what its consumer published leaves it downwards, through where its words would stand
        const leaves = downwards.has(hop.id);
        // room for its spans, which are drawn right under it
        const low = spanned.has(hop.id) ? 4 : 0;
        const below = { x: leaves ? x + 7 : x - 10, anchor: 'start' as const };
        const title = hop.attempt ? `deliver ${hop.attempt}` : 'delivered';
        const nth = title.length * CHAR.sans > px && hop.attempt ? String(hop.attempt) : title;
        add(hop, 'nth', { ...below, y: y + 25 + low, look: 'name', text: nth }, px);
        const room = settled ? left - 84 : px;
        add(
          hop,
          'who',
          { ...below, y: y + 41 + low, look: 'mono', text: clientWithin(hop, names, room) },
          room,
        );
        if (hop.redelivered && 'redelivered'.length * CHAR.sans <= px)
          add(hop, 'again', { ...below, y: y - 18, look: 'plain', text: 'redelivered' }, px);
        break;
      }
      case 'death': {
        const drop = layout.edges.find((e) => e.from === hop.id);
        const lane =
          drop && layout.lanes.find((l) => layout.waits.some((w) => w.hop.id === drop.to && w.y === l.mid));
        const error = hop.error ?? '';
        if (lane && lane.mid > y) {
          const px = Math.min(220, x - 14 - LABELS - 20);
          add(
            hop,
            'why',
            { x: x - 14, y: lane.mid - 4, anchor: 'end', look: 'dead', text: reasonOf(hop) },
            px,
          );
          add(hop, 'error', { x: x - 14, y: lane.mid + 12, anchor: 'end', look: 'dead', text: error }, px);
        } else {
          const px = (later[0]?.x ?? right) - 16 - (x + 16);
          add(hop, 'why', { x: x + 16, y: y - 2, anchor: 'start', look: 'dead', text: reasonOf(hop) }, px);
          add(hop, 'error', { x: x + 16, y: y + 14, anchor: 'start', look: 'dead', text: error }, px);
        }
        break;
      }
      case 'return': {
        const px = (later[0]?.x ?? right) - 16 - (x + 16);
        add(
          hop,
          'why',
          { x: x + 16, y: y - 2, anchor: 'start', look: 'returned', text: 'no queue took it' },
          px,
        );
        add(
          hop,
          'said',
          { x: x + 16, y: y + 14, anchor: 'start', look: 'plain', text: hop.reason ?? '' },
          px,
        );
        break;
      }
      case 'replay': {
        const px = (later[0]?.x ?? right) - 16 - (x + 16);
        const by = hop.replay?.by;
        const job = [hop.replay ? `job ${hop.replay.jobId}` : null, answerOf(hop)].filter((w) => w !== null);
        const at = { x: x + 16, anchor: 'start' as const };
        add(
          hop,
          'by',
          { ...at, y: y - 1, look: 'replayed', text: by ? `replayed by ${by}` : 'replayed' },
          px,
        );
        add(hop, 'job', { ...at, y: y + 15, look: 'plain', text: job.join(', ') }, px);
        break;
      }
      case 'settlement': {
        const px = earlier ? Math.max(110, x - earlier.x) : TAIL;
        add(hop, 'what', { x: x + 10, y: y + 25, anchor: 'end', look: 'settled', text: 'settled' }, px);
        add(
          hop,
          'how',
          {
            x: x + 10,
            y: y + 41,
            anchor: 'end',
            look: 'plain',
            text: hop.source === 'otlp' ? 'observed: span' : sourceOf(hop),
          },
          px,
        );
        break;
      }
      case 'retry':
        if (hop.death) {
          const px = (later[0]?.x ?? right) - 16 - (x - 10);
          add(hop, 'why', { x: x - 10, y: y + 25, anchor: 'start', look: 'plain', text: reasonOf(hop) }, px);
        }
        break;
    }
  }

  for (const { hop, x0, x1, y, open } of layout.waits) {
    const px = x1 - x0 + (open ? 0 : 10);
    const ms = hop.at === null || hop.until === null ? null : hop.until - hop.at;
    const text = open
      ? hop.provenance === 'inferred'
        ? 'should wait here'
        : 'waits here'
      : ms === null
        ? ''
        : `waited ${duration(ms)}`;
    const folded = layout.axis.stretches.some((s) => s.folded && s.x0 < x1 && s.x1 > x0);
    const look = { y: y - 10, look: 'plain' as const, text };
    if (open && px > 90) add(hop, 'wait', { ...look, x: x1, anchor: 'end' }, px);
    else if (folded) {
      const [a, b] = clearOf(x0, x1, layout);
      const at = { x: (a + b) / 2, anchor: 'middle' as const, look: 'plain' as const };
      if (b - a + 8 >= 'waited'.length * CHAR.sans)
        add(hop, 'wait', { ...at, y: y - 10, text: 'waited' }, b - a + 8);
      if (ms !== null) add(hop, 'ms', { ...at, y: y + 20, text: duration(ms) }, b - a + 8);
    } else if (px >= 84) add(hop, 'wait', { ...look, x: x0 + 2, anchor: 'start' }, px);
  }
  for (const { hop, x0, x1, y, ms, atMost } of layout.held) {
    const text = `${atMost ? '≤ ' : ''}${duration(ms)}`;
    if (x1 - x0 - 24 >= text.length * CHAR.sans)
      labels.push({
        key: `${hop.id} held`,
        x: (x0 + x1) / 2,
        y: y + 4,
        anchor: 'middle',
        look: 'delivered',
        text,
      });
  }
  return labels;
}

/** "published by NAME", or the word alone. */
function named(word: string, by: string | null): Pick<Label, 'text' | 'name'> {
  return by === null ? { text: word } : { text: `${word} by`, name: by };
}

/** The client's name; of an address that does not fit its port, which is what tells clients of a host apart. */
function clientWithin(hop: Hop, names: ClientNames, px: number): string {
  const name = clientOf(hop, names) ?? '';
  const port = /^[\d.]+(:\d+)$/.exec(name)?.[1];
  return port && name.length * CHAR.mono > px ? port : name;
}

/** The widest part of a bar that no gap covers. */
function clearOf(x0: number, x1: number, layout: StripLayout): [number, number] {
  const parts: [number, number][] = [];
  let from = x0;
  for (const band of layout.gaps) {
    if (band.x1 < from || band.x0 > x1) continue;
    parts.push([from, band.x0]);
    from = band.x1;
  }
  parts.push([from, x1]);
  return parts.reduce((best, part) => (part[1] - part[0] > best[1] - best[0] ? part : best));
}
