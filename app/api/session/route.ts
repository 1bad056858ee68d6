import { COOKIE } from '@/lib/auth/cookie.ts';
import { addressOf } from '@/lib/auth/session.ts';
import { sessionAnswerSchema } from '@/lib/model/api.ts';
import { isHoplightError } from '@/lib/model/errors.ts';
import { signInSchema } from '@/lib/model/session.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, apiHeaders, json, readBody } from '../_answer.ts';
import { requireOwnSite, requireSession } from '../_door.ts';

/** Who is signed in, or null, and whether signing in is automatic here. Needs no session: it tells of none. */
export async function GET(request: Request) {
  return answer(async () => {
    requireOwnSite(request);
    const { config, sessions } = runtime();
    const session = await sessions.fromRequest(request.headers).catch((error: unknown) => {
      if (isHoplightError(error) && error.code === 'unauthenticated') return null;
      throw error;
    });
    return json(sessionAnswerSchema, {
      session: session && { user: session.user, tags: session.tags, vhosts: session.vhosts },
      autoSignIn: config.autoSignIn,
      traceUrl: session ? config.traceUrl : null,
    });
  });
}

function cookie(token: string, maxAgeSeconds: number, request: Request): string {
  const secure = request.headers.get('origin')?.startsWith('https:') ? '; Secure' : '';
  return `${COOKIE}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure}`;
}

/** Signs in: the broker checks the password. A new token at each sign-in; the old one ends. */
export async function POST(request: Request) {
  return answer(async () => {
    requireOwnSite(request);
    const { sessions, config } = runtime();
    const body = await readBody(request, signInSchema, 8_192);
    const address = addressOf(request.headers);
    const made =
      'auto' in body
        ? await sessions.signInAutomatically(address)
        : await sessions.signIn(body.user, body.password, address);
    sessions.signOut(request.headers);
    return json(
      sessionAnswerSchema,
      {
        session: { user: made.session.user, tags: made.session.tags, vhosts: made.session.vhosts },
        autoSignIn: config.autoSignIn,
        traceUrl: config.traceUrl,
      },
      { headers: { 'set-cookie': cookie(made.token, made.maxAgeSeconds, request) } },
    );
  });
}

/** Signs out: the session is gone on the server, whatever the browser keeps. */
export async function DELETE(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    const { sessions, publishing } = runtime();
    sessions.signOut(request.headers);
    await publishing.end(session.id);
    return new Response(null, {
      status: 204,
      headers: { ...apiHeaders, 'set-cookie': cookie('', 0, request) },
    });
  });
}
