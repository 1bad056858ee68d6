/**
 * Pages: a fresh CSP nonce for each, and the Host check before any page is rendered. The API checks for itself
 * (app/api/_door.ts): no right depends on this file. Of the API only addresses with percent signs come here, since Next
 * answers one that cannot be decoded with a bare 500 before any handler is asked.
 */
import { type NextRequest, NextResponse } from 'next/server';
import { COOKIE } from './lib/auth/cookie.ts';
import { checkHost } from './lib/auth/same-site.ts';
import { parseConfig } from './lib/config.ts';
import { type Problem, problemCodes } from './lib/model/errors.ts';

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function undecodable(): NextResponse {
  const body: Problem = {
    type: 'urn:hoplight:problem:bad_input',
    title: 'The request is not valid',
    status: problemCodes.bad_input,
    code: 'bad_input',
    detail: 'The address holds a percent sign that is not followed by a byte of UTF-8 text in hexadecimal.',
    notDone: 'Nothing was read or changed.',
    next: 'Encode each part of the address: a percent sign itself is %25.',
  };
  return new NextResponse(JSON.stringify(body), {
    status: body.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
  });
}

/** Read once: settings do not change under a running server, and may lie in a file. */
let allowedHosts: readonly string[] | undefined;

export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl;
  if (!isDecodable(pathname)) return undecodable();
  if (pathname.startsWith('/api/')) return NextResponse.next(); // it checks the host itself, and answers with a problem
  try {
    allowedHosts ??= parseConfig(process.env).allowedHosts;
    checkHost(request.headers, allowedHosts);
  } catch {
    return new NextResponse('This application does not answer by this host name.\n', { status: 421 });
  }
  // Only a courtesy, so that a first visit shows no half page: what a cookie is worth is for the API to say.
  if (pathname !== '/sign-in' && !request.cookies.has(COOKIE)) {
    const scheme = request.headers.get('x-forwarded-proto') === 'https' ? 'https' : 'http';
    const target = new URL('/sign-in', `${scheme}://${request.headers.get('host')}`);
    if (pathname !== '/' || search) target.searchParams.set('next', `${pathname}${search}`);
    return NextResponse.redirect(target);
  }
  const nonce = crypto.randomUUID().replaceAll('-', '');
  const dev = process.env.NODE_ENV === 'development' ? " 'unsafe-eval'" : '';
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev}`,
    // React sets style attributes (positions in the strip and in virtual lists); none comes from the broker's data.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  headers.set('content-security-policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  response.headers.set('x-content-type-options', 'nosniff');
  response.headers.set('referrer-policy', 'no-referrer');
  response.headers.set('x-frame-options', 'DENY');
  return response;
}

export const config = {
  matcher: ['/((?!api(?:/|$)|metrics$|v1/traces$|_next/static/|icon\\.svg$).*)', '/api/(.*%.*)'],
};
