import { expect, test } from 'vitest';
import { node } from '../../test/build.ts';
import { createNodeWatch } from './node-watch.ts';

//  0 s          2 s        4 s                6 s        14 s          30 s
//  n1 just up   n1 runs    n1 back, no word   n1 1 s up  n1 9 s up     n1 25 s up; n2 down all the time
test('a node counts as stopped while it does not run, and for a moment after it was restarted', () => {
  const watch = createNodeWatch();
  const at = (seconds: number, uptime: number | null) => [
    ...watch.after({
      readAt: seconds * 1_000,
      nodes: [
        node('n1', { uptimeMs: uptime === null ? null : uptime * 1_000 }),
        node('n2', { running: false, uptimeMs: null }),
      ],
    }),
  ];
  expect(at(0, 3)).toEqual(['n2']);
  expect(at(2, 5)).toEqual(['n2']);
  expect(at(4, null)).toEqual(['n2']);
  expect(at(6, 1)).toEqual(['n2', 'n1']);
  expect(at(14, 9)).toEqual(['n2', 'n1']);
  expect(at(30, 25)).toEqual(['n2']);
});
