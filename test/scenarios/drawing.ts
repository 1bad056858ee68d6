/**
 * A journey drawn in a few lines, to be compared with what a person would draw:
 *
 *   publish orders(order.created)
 *     > audit > delivered 1
 *     > billing > delivered 1 > died rejected > [billing.dead…]
 *   = dead
 *
 * A step leads to the one after `>`; where it leads to several, each goes on in a line of its own below it. In square
 * brackets: inferred; everything else was observed. A queue with `…` behind it is one in which the message still waits.
 */
import type { Hop, Journey } from '../../lib/model/journey.ts';

/** `own` is what the test put before its names to keep them apart from others'; it is left out of the drawing. */
export function draw(journey: Journey, own: string): string {
  const next = new Map<string, Hop[]>();
  for (const hop of journey.hops)
    for (const from of hop.from) next.set(from, [...(next.get(from) ?? []), hop]);

  const plain = (name: string) => (name.startsWith(own) ? name.slice(own.length) : name);
  const drawn = new Set<string>();

  function chain(hop: Hop, indent: string): string {
    // a step to which several led is drawn once, under the first of them, and only named under the others
    if (drawn.has(hop.id)) return `(${words(hop, false, plain)})`;
    drawn.add(hop.id);
    const after = next.get(hop.id) ?? [];
    const here = words(hop, after.length === 0, plain);
    const [only] = after;
    if (only && after.length === 1) return `${here} > ${chain(only, indent)}`;
    const deeper = `${indent}  `;
    const branches = after.map((branch) => `\n${deeper}> ${chain(branch, deeper)}`);
    return here + branches.sort().join('');
  }

  const begins = journey.hops.filter((hop) => hop.from.length === 0);
  return [...begins.map((hop) => chain(hop, '')), `= ${journey.status}`].join('\n');
}

function words(hop: Hop, last: boolean, plain: (name: string) => string): string {
  const text = textOf(hop, last, plain);
  return hop.provenance === 'inferred' ? `[${text}]` : text;
}

function textOf(hop: Hop, last: boolean, plain: (name: string) => string): string {
  const queue = plain(hop.queue ?? '?');
  switch (hop.kind) {
    case 'publish':
      return `publish ${hop.exchange === '' ? 'default' : plain(hop.exchange ?? '?')}(${hop.routingKeys.map(plain).join(', ')})`;
    case 'queue':
      return last && hop.until === null ? `${queue}…` : queue;
    case 'delivery':
      return `delivered ${hop.attempt}${hop.redelivered ? ' again' : ''}`;
    case 'retry':
      return hop.reason === 'requeued' ? 'requeued' : `back, ${hop.reason}`;
    case 'death':
      return `died ${hop.reason}`;
    case 'return':
      return 'returned';
    case 'replay':
      return `replayed from ${queue}`;
    case 'settlement':
      return 'settled';
  }
}

/** A drawing as it is written in a test: a line that ends in ` >` goes on in the next, and the code's indentation goes. */
export function drawing(text: string): string {
  const lines = text
    .replace(/ >\n\s*/g, ' > ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const depth = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(depth).trimEnd()).join('\n');
}
