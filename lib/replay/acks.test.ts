import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Acks } from './acks.ts';

/** What a broker does with acks: with `multiple` all up to a tag that is open itself. */
function broker(tags: number) {
  const open = new Set(Array.from({ length: tags }, (_, i) => i + 1));
  return {
    open,
    ack(tag: number, multiple: boolean) {
      expect(open.has(tag)).toBe(true);
      for (const one of [...open]) if (one === tag || (multiple && one < tag)) open.delete(one);
    },
  };
}

test('takes out what was confirmed, and never what is held or has no answer yet, in whatever order answers come', () => {
  const answers = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 30 });
  fc.assert(
    fc.property(answers, fc.infiniteStream(fc.nat(9)), (order, luck) => {
      const acks = new Acks();
      const { open, ack } = broker(30);
      const taken = new Set<number>();
      const flush = () => {
        const { through, single } = acks.take();
        if (through !== null) ack(through, true);
        for (const tag of single) ack(tag, false);
      };
      for (const tag of order) {
        const dice = luck.next().value ?? 0;
        if (dice < 2) acks.hold(tag);
        else {
          acks.add(tag);
          taken.add(tag);
        }
        if (dice > 6) flush();
      }
      flush();
      expect(open).toEqual(new Set(Array.from({ length: 30 }, (_, i) => i + 1).filter((t) => !taken.has(t))));
    }),
    { numRuns: 200 },
  );
});

test('a whole window in order is one method', () => {
  const acks = new Acks();
  for (let tag = 1; tag <= 500; tag++) acks.add(tag);
  expect(acks.take()).toEqual({ through: 500, single: [] });
  expect(acks.take()).toEqual({ through: null, single: [] });
});
