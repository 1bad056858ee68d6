import { expect, it } from 'vitest';
import { scriptsIn } from './first-load.ts';
import { pages } from './pages.ts';

it('counts scripts and those fetched ahead by a link, each once', () => {
  const html = `<link rel="preload" as="script" href="/_next/a.js"/><link rel="stylesheet" href="/x.css"/>
    <script src="/_next/a.js" async=""></script><script src="/_next/b.js?x=1&amp;y=2" nonce="n"></script>`;
  expect(scriptsIn(html)).toEqual(['/_next/a.js', '/_next/b.js?x=1&y=2']);
});

it('leaves out scripts in the page itself and those for browsers without modules', () => {
  expect(scriptsIn('<script>1</script><script src="/old.js" noModule=""></script>')).toEqual([]);
});

it('finds the pages in the folders of the application', () => {
  expect(pages()).toContain('/sign-in');
});
