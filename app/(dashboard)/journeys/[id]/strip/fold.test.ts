import { describe, expect, it } from 'vitest';
import { assemble } from '@/lib/journey/assemble.ts';
import { Story } from '../../../../../test/build-facts.ts';
import { foldRows } from './fold.ts';
import { stripLayout } from './strip-layout.ts';

const NONE = new Set<string | null>();
const queues = (many: number) => Array.from({ length: many }, (_, i) => `q${String(i).padStart(2, '0')}`);

/** One publish into many queues, each delivered; `billing` among them, where it dies. */
function fan(many: number) {
  const told = new Story().published(0, 'orders', [...queues(many), 'billing']);
  queues(many).forEach((queue, i) => {
    told.delivered(5 + i, queue, i % 9);
  });
  return told.delivered(9, 'billing').died(40, { queue: 'billing' }, { error: 'timeout' });
}

describe('foldRows', () => {
  //  orders ─┬─▶ q00 ─▶ ●
  //          ├─▶ q01 ─▶ ●
  //          ├─▶ and 18 more, all delivered
  //          └─▶ billing ─▶ ● ✕ ─▶ …
  it('folds branches that tell the same, and leaves the one that died', () => {
    const journey = assemble(fan(20).facts, []);
    const folded = foldRows(journey, NONE);
    expect(folded.folds.map((f) => [f.rows.length, f.words])).toEqual([[18, 'all delivered']]);
    expect(folded.journey.rows.map((r) => r.name)).toEqual(
      expect.arrayContaining(['orders', 'billing', 'q00', 'q01']),
    );
    expect(folded.journey.hops.some((h) => h.kind === 'death')).toBe(true);
    const [fold] = folded.folds;
    expect(folded.journey.hops.length + (fold?.hops.length ?? 0)).toBe(journey.hops.length);
    expect(fold && [fold.firstAt, fold.lastAt].map((at) => (at ?? 0) - journey.firstAt)).toEqual([7, 24]);
  });

  it('keeps the selected hop in sight, and folds nothing of a few', () => {
    const journey = assemble(fan(20).facts, []);
    const one = journey.hops.find((h) => h.queue === 'q15' && h.kind === 'delivery');
    const folded = foldRows(journey, new Set([one?.id ?? null]));
    expect(folded.journey.rows.map((r) => r.name)).toContain('q15');
    expect(foldRows(assemble(fan(5).facts, []), NONE).folds).toEqual([]);
  });

  it('never folds a branch from which something went on', () => {
    const told = fan(8);
    told.published(60, 'next', ['after'], {
      ids: { ...told.ids, messageId: 'other' },
      // the connection on which q03 had been delivered
      connection: '10.0.3.4:51023 -> 10.0.0.1:5672',
    });
    const journey = assemble(told.facts, []);
    const folded = foldRows(journey, NONE);
    expect(folded.journey.rows.map((r) => r.name)).toContain('q03');
    const ids = new Set(folded.journey.hops.map((h) => h.id));
    for (const hop of folded.journey.hops) for (const from of hop.from) expect(ids).toContain(from);
  });

  it('is drawn in one lane, reached from the exchange', () => {
    const { journey, folds } = foldRows(assemble(fan(20).facts, []), NONE);
    const layout = stripLayout(journey, 1_054, folds);
    const [bar] = layout.folds;
    expect(layout.lanes.find((l) => l.row.id === 'fold:0')?.height).toBe(52);
    expect(bar?.path).toMatch(/^M[\d.]+ [\d.]+V/);
    expect(bar && bar.x1 > bar.x0 && bar.x1 < layout.width).toBe(true);
  });
});
