import { expect, test } from 'vitest';
import { bareConsumer, fakeManagement } from '../../test/fake-management.ts';
import { withoutLeftBehind } from './left-behind.ts';

/**
 *   listed   named ── nameless (its node died) ── nameless and a new one ── gone
 *   shown    yes      no                           the new one               no
 */
test('a consumer that lost its connection in the list is not there any more; one that never had any is', async () => {
  const management = fakeManagement();
  const { consumers } = withoutLeftBehind(management);
  const shown = async (...list: [tag: string, connection: string][]) => {
    management.world.consumers = list.map(([tag, connection]) => bareConsumer(tag, 'q', { connection }));
    return (await consumers()).map((c) => `${c.tag} ${c.connection}`);
  };
  expect(await shown(['a', 'k1'], ['mqtt', ''])).toEqual(['a k1', 'mqtt ']);
  for (let i = 0; i < 2; i++) expect(await shown(['a', ''], ['mqtt', ''])).toEqual(['mqtt ']);
  expect(await shown(['a', ''], ['a', 'k2'], ['mqtt', ''])).toEqual(['a k2', 'mqtt ']);
  expect(await shown(['mqtt', ''])).toEqual(['mqtt ']);
  expect(await shown(['a', ''])).toEqual(['a ']);
});
