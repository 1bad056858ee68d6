/**
 * Where to go after signing in: only a path of this very site. Anything else (another origin, `//host`, a scheme,
 * backslashes that browsers read as slashes, the sign-in page itself) is the Overview. Pure.
 */
export function safeNext(text: string | null | undefined): string {
  if (!text || !/^\/(?![/\\])/.test(text)) return '/';
  const origin = 'http://hoplight.invalid';
  let url: URL;
  try {
    url = new URL(text, origin);
  } catch {
    return '/';
  }
  if (url.origin !== origin || url.pathname.startsWith('//')) return '/';
  if (/^\/(sign-in|api)(\/|$)/.test(url.pathname)) return '/';
  return `${url.pathname}${url.search}`;
}
