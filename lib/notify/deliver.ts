/**
 * Brings one letter to the webhook.
 *
 *   trying ──2xx──▶ arrived
 *      ├──5xx, 408, 425, 429, no answer──▶ waiting (1 s, doubling to a minute, or as Retry-After says) ──▶ trying
 *      ├──any other status, a redirect too──▶ given up
 *      └──MOST_TRIES──▶ given up
 *
 * The address may itself be a secret (Slack's are): neither it nor the header is in any words.
 */
export interface Receiver {
  url: string;
  /** Value of the Authorization header; null: none is sent. */
  authorization: string | null;
}

export interface DeliveryDeps {
  receiver: Receiver;
  fetch: typeof fetch;
  /** Resolves after `ms`, or at once when the signal aborts. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** 0..1 */
  random: () => number;
}

/** `words`: why not. */
export type Tried =
  | { arrived: true }
  | { arrived: false; again: boolean; afterMs: number | null; words: string };

/** Of one try, ms. */
const TIMEOUT_MS = 10_000;
export const MOST_TRIES = 8;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** A receiver may ask for a longer wait than ours, up to this. */
const LONGEST_ASKED_MS = 600_000;

/** `failed`: after each try that did not arrive. Resolves with whether it arrived in the end; at once when `signal` aborts. */
export async function deliver(
  d: DeliveryDeps,
  body: string,
  failed: (words: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  for (let tries = 1, pause = FIRST_WAIT_MS; !signal.aborted; tries++) {
    const tried = await post(d, body, signal);
    if (tried.arrived) return true;
    failed(tried.words);
    if (!tried.again || tries === MOST_TRIES) return false;
    await d.wait(tried.afterMs ?? pause * (0.75 + d.random() / 2), signal);
    pause = Math.min(2 * pause, LONGEST_WAIT_MS);
  }
  return false;
}

/** One try. Never throws. */
export async function post(
  { receiver, fetch }: Pick<DeliveryDeps, 'receiver' | 'fetch'>,
  body: string,
  signal: AbortSignal,
): Promise<Tried> {
  try {
    const response = await fetch(receiver.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Hoplight',
        ...(receiver.authorization === null ? {} : { authorization: receiver.authorization }),
      },
      body,
      redirect: 'manual',
      cache: 'no-store',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    const { status } = response;
    if (response.ok) return { arrived: true };
    const again = status >= 500 || status === 408 || status === 425 || status === 429;
    const words =
      status >= 300 && status < 400
        ? `it answered ${status}, a redirect, which is not followed`
        : `it answered ${status}`;
    return { arrived: false, again, afterMs: afterMs(response.headers.get('retry-after')), words };
  } catch (error) {
    return { arrived: false, again: true, afterMs: null, words: reasonOf(error) };
  }
}

/** Seconds; a date is not read. */
function afterMs(header: string | null): number | null {
  const seconds = Number(header ?? Number.NaN);
  return seconds > 0 ? Math.min(1_000 * seconds, LONGEST_ASKED_MS) : null;
}

/** fetch keeps the reason in `cause`; of that the code alone, since an error's words may hold the address. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `it did not answer within ${TIMEOUT_MS / 1000} s`;
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : null;
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name cannot be resolved';
  return code === null ? 'it cannot be reached' : `it cannot be reached (${code})`;
}
