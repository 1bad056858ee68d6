import { HoplightError } from '@/lib/model/errors.ts';
import { notificationTestAnswerSchema, notificationTestSchema } from '@/lib/model/notification.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json, readBody } from '../../_answer.ts';
import { requireSession } from '../../_door.ts';

/** One message to the webhook that the configuration names, to see whether it arrives; for administrators. */
export async function POST(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    await readBody(request, notificationTestSchema, 1_024);
    const notDone = 'Nothing was sent.';
    if (!session.tags.includes('administrator'))
      throw new HoplightError(
        'forbidden',
        `${session.user} may not send a test: that needs the administrator tag.`,
        { notDone, next: 'Sign in as an administrator, or ask one.' },
      );
    const { audit, notifier } = runtime();
    const { to } = notifier.status();
    if (to === null)
      throw new HoplightError('conflict', 'No webhook is set.', {
        notDone,
        next: 'Start Hoplight with HOPLIGHT_WEBHOOK_URL.',
      });
    const { words } = await audit.act(
      {
        by: session.user,
        kind: 'notification test',
        words: `Send a test to the webhook at ${to}`,
        intent: { to },
        href: '/status',
      },
      () => notifier.test(session.user),
      (result) => result.words ?? 'arrived',
    );
    return json(notificationTestAnswerSchema, { arrived: words === null, words });
  });
}
