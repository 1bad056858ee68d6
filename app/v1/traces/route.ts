import { encodeResponse } from '@/lib/otlp/answers.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, readLimited } from '../../api/_answer.ts';
import { requireOtlp } from '../../api/_door.ts';
import { howSent, otlpAnswer, refusal } from './_otlp.ts';

/** A place at the door is not held longer by a body that trickles in. */
const READ_MS = 20_000;

/** OTLP/HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp), traces alone. */
export async function POST(request: Request) {
  return answer(async () => {
    requireOtlp(request);
    const { encoding, isGzip } = howSent(request.headers);
    const { otlp, config } = runtime();
    const leave = otlp.enter();
    try {
      const body = await readLimited(request, config.otlp.limitBytes, AbortSignal.timeout(READ_MS));
      const partial = await otlp.receive(body, encoding, isGzip);
      return otlpAnswer(encoding, encodeResponse(encoding, partial));
    } finally {
      leave();
    }
  }, refusal(request));
}
