import { expect, test } from 'vitest';
import { notificationSchema, type Problem } from '../model/notification.ts';
import { type Head, letterOf, testLetter } from './letter.ts';

const head: Head = {
  id: 'l1',
  now: Date.UTC(2026, 0, 2, 3, 4, 5),
  cluster: 'rabbit@prod',
  version: '4.3.6',
  publicUrl: 'https://hoplight.example',
};
const problem: Problem = {
  key: '["no_consumer","/","orders"]',
  code: 'no_consumer',
  level: 'dead',
  vhost: '/',
  queue: 'orders',
  words: 'nobody consumes for 5 min',
  figure: '3,120 ready',
  since: Date.UTC(2026, 0, 2, 3, 0, 0),
  symptoms: [{ vhost: '/', queue: 'orders.dlq', words: 'dead letters rise' }],
};
const none = { opened: [], lasting: [], resolved: [] };

test('a letter says all for programs and for people', () => {
  const over = {
    ...problem,
    level: 'warn' as const,
    code: 'alarm' as const,
    vhost: '',
    queue: '',
    figure: '',
    symptoms: [],
  };
  const letter = letterOf(
    { ...none, opened: [problem], resolved: [{ problem: over, until: head.now }] },
    head,
  );
  expect(notificationSchema.parse(letter)).toEqual(letter);
  expect(letter).toMatchObject({
    version: 1,
    sentAt: '2026-01-02T03:04:05.000Z',
    test: false,
    broker: { cluster: 'rabbit@prod', version: '4.3.6' },
    opened: [
      { ...problem, since: '2026-01-02T03:00:00.000Z', url: 'https://hoplight.example/queues/%2F/orders' },
    ],
    lasting: [],
    resolved: [{ url: 'https://hoplight.example/', until: '2026-01-02T03:04:05.000Z' }],
    more: { opened: 0, lasting: 0, resolved: 0 },
  });
  expect(letter.text.split('\n')).toEqual([
    '*1 needs a look on `rabbit@\u200bprod`*',
    '🔴 *no consumer* `orders` in vhost `/`: nobody consumes for 5 min (3,120 ready) With it: 1 more that follow from it. <https://hoplight.example/queues/%2F/orders|open>',
    '*1 is over on `rabbit@\u200bprod`*',
    '🟠 *alarm*: nobody consumes for 5 min <https://hoplight.example/|open>',
  ]);
});

test('of many the gravest are listed, the rest is counted', () => {
  const warns = Array.from({ length: 33 }, (_, i) => ({
    ...problem,
    queue: `w${i}`,
    level: 'warn' as const,
  }));
  const letter = letterOf({ ...none, opened: [...warns, problem] }, head);
  expect(letter.opened).toHaveLength(20);
  expect(letter.opened[0]?.queue).toBe('orders');
  expect(letter.more.opened).toBe(14);
  expect(letter.text).toContain('*34 need a look on');
  expect(letter.text.endsWith('… and 14 more')).toBe(true);
});

test.each([
  '<!channel>',
  '<!here|x>',
  '<@U123>',
  '@channel',
  '@all now',
  '<https://evil.test|your bank>',
  'https://evil.test/x',
  '[bank](https://evil.test)',
  '` <!channel> `',
  'a\n*2 need a look*',
  'a\r\u2028\u202eb',
  '&lt;!channel&gt;',
  '||<>|',
])('a name %j mentions nobody, links nowhere and begins no line', (name) => {
  for (const notice of [
    { ...problem, queue: name, vhost: name },
    { ...problem, words: name, figure: name },
    { ...problem, queue: '', vhost: '', words: name },
  ]) {
    const { text, opened } = letterOf(
      { ...none, opened: [notice] },
      { ...head, cluster: name, publicUrl: null },
    );
    expect(text).not.toMatch(/[<>]|@(?!\u200b)|:\/\/|\]\(|\p{Cf}(?<!\u200b)/u);
    expect(text.split('\n')).toHaveLength(2);
    expect((text.match(/`/g) ?? []).length % 2).toBe(0);
    expect(text).not.toMatch(/&(?!amp;|lt;|gt;)/);
    // programs get it as it is
    expect(opened[0]).toMatchObject({ queue: notice.queue, words: notice.words });
  }
  expect(testLetter(name, { ...head, cluster: null }).text).not.toMatch(/[<>]|@(?!\u200b)|:\/\/|\n/);
});

test('a long name and long words are cut in the text', () => {
  const { text } = letterOf(
    { ...none, opened: [{ ...problem, queue: 'q'.repeat(255), words: '😀'.repeat(5_000) }] },
    head,
  );
  expect([...text].length).toBeLessThan(1_000);
  expect(text).toContain('😀…');
});
