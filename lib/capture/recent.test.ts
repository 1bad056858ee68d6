import { expect, test } from 'vitest';
import { Recent } from './recent.ts';

const bytes = (text: string) => Buffer.from(text);

test('what was taken is known once for each time that it was taken', () => {
  const recent = new Recent(10);
  recent.note(bytes('p'), bytes('twice'));
  recent.note(bytes('p'), bytes('twice'));
  const again = () => recent.had(bytes('p'), bytes('twice'));
  expect([again(), again(), again()]).toEqual([true, true, false]);
  expect(recent.had(bytes('p'), bytes('never'))).toBe(false);
});

test('the oldest are forgotten, the latest never before as many came as may be unacknowledged', () => {
  const recent = new Recent(3);
  for (let i = 0; i < 100; i++) recent.note(bytes('p'), bytes(`${i}`));
  expect([97, 98, 99].map((i) => recent.had(bytes('p'), bytes(`${i}`)))).toEqual([true, true, true]);
  expect(recent.had(bytes('p'), bytes('50'))).toBe(false);
});
