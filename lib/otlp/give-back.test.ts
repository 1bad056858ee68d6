import { expect, test } from 'vitest';
import { Story } from '../../test/build-facts.ts';
import { assemble } from '../journey/assemble.ts';
import { createGiveBack } from './give-back.ts';

test('a journey that cannot be read is left out and counted; the next one goes out', async () => {
  const story = new Story();
  story.published(0, 'orders', ['billing']);
  const urls: unknown[] = [];
  const giveBack = createGiveBack({
    endpoint: { url: 'http://collector/v1/traces', headers: {}, timeoutMs: 1_000 },
    read(key) {
      if (key === 'broken') throw new Error('the disk is gone');
      return assemble(story.facts, []);
    },
    clock: () => 1_790_000_000_000,
    fetch: async (url) => {
      urls.push(url);
      return new Response('{}');
    },
    wait: () => new Promise(() => {}),
    quietMs: 0,
  });
  giveBack.touched(['broken', 'trace:1']);
  await giveBack.stop();
  expect(urls).toEqual(['http://collector/v1/traces']);
  expect(giveBack.counts()).toEqual({ sent: 1, waiting: 0, dropped: {}, journeysLeftOut: 1 });
});
