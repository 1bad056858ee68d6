import { expect, it } from 'vitest';
import type { AuditEntryView } from '@/lib/model/audit.ts';
import { actsIn } from './_acts.ts';

const publish = (at: number, vhost: string): AuditEntryView => ({
  number: at,
  id: `a${at}`,
  at,
  by: 'anna',
  kind: 'publish',
  words: `Publish to ${vhost}`,
  intent: { vhost, queue: 'q' },
  outcome: 'confirmed',
  outcomeAt: at,
  href: null,
  seal: null,
  outcomeSeal: null,
});

it('acts that a reader may not know of hide none that it may', () => {
  const log = Array.from({ length: 150 }, (_, i) => publish(1_000 - i, i < 149 ? 'theirs' : 'ours'));
  const state = {
    acts: (q: { kind?: string | undefined; limit: number }) =>
      log.filter((entry) => entry.kind === q.kind).slice(0, q.limit),
  };
  const bert = { user: 'bert', tags: ['management'], vhosts: ['ours'], mayRead: () => true };
  const words = actsIn({ state }, bert, {}, 0, 2_000, 100).map((moment) => moment.words);
  expect(words).toEqual(['Publish to ours by anna: confirmed.']);
});
