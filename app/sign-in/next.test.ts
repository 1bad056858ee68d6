import fc from 'fast-check';
import { expect, it } from 'vitest';
import { safeNext } from './next.ts';

it('keeps paths of this site with their query', () => {
  expect(safeNext('/queues/%2F/mail?vhost=%2F&sort=total')).toBe('/queues/%2F/mail?vhost=%2F&sort=total');
});

it.each([
  null,
  '',
  'queues',
  'https://evil.test/',
  '//evil.test/',
  '/\\evil.test',
  '/\t/evil.test',
  '/..//evil.test',
  'javascript:alert(1)',
  '/sign-in?next=/',
  '/api/session',
])('turns %j into the Overview', (text) => {
  expect(safeNext(text)).toBe('/');
});

it('never leaves the site, whatever is given', () => {
  const part = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '\t',
    '\n',
    'evil.test',
    ':',
    '@',
    '?',
    '#',
    'http',
    'a',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const to = new URL(safeNext(parts.join('')), 'https://hoplight.test');
      expect(to.origin).toBe('https://hoplight.test');
    }),
  );
});
