import { settingsWords } from '@/lib/capture/settings.ts';
import { type CaptureAnswer, captureAnswerSchema, captureChangeSchema } from '@/lib/model/api.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json, readBody } from '../_answer.ts';
import { requireSession } from '../_door.ts';
import { changedBy, requireAdministrator, seenBy } from './_capture.ts';

function captureNow(mayChange: boolean): CaptureAnswer {
  const { capture, config } = runtime();
  const { taps, counts, store } = capture.status();
  return {
    settings: capture.settings(),
    defaults: config.capture.settings,
    tapKeys: config.tap.keys,
    redaction: config.capture.redaction,
    mayChange,
    taps,
    counts,
    store,
    cost: capture.cost(),
  };
}

/** What is captured and kept, and what that costs now. */
export async function GET(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    const now = captureNow(session.tags.includes('administrator'));
    return json(captureAnswerSchema, seenBy(now, session));
  });
}

/** Changes it, from now on and over restarts. */
export async function POST(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    const { settings: wanted } = await readBody(request, captureChangeSchema);
    requireAdministrator(session, 'What is captured was not changed.');
    const { audit, capture } = runtime();
    const before = capture.settings();
    const settings = changedBy(before, wanted, session.vhosts);
    await audit.act(
      {
        by: session.user,
        kind: 'capture',
        words: `Capture ${settingsWords(settings)}`,
        intent: { before, after: settings },
        href: '/status',
      },
      () => capture.change(settings),
      () => 'changed',
    );
    return json(captureAnswerSchema, seenBy(captureNow(true), session));
  });
}
