import { tapAnswerSchema, tapRequestSchema } from '@/lib/model/api.ts';
import { HoplightError } from '@/lib/model/errors.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json, readBody } from '../_answer.ts';
import { requireSession, requireVhost } from '../_door.ts';

/** Listens to a vhost, or stops: the broker asks for the administrator tag to trace, so we do. */
export async function POST(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    const { on, ...asked } = await readBody(request, tapRequestSchema, 4_096);
    if (!session.tags.includes('administrator'))
      throw new HoplightError(
        'forbidden',
        `${session.user} may not switch taps: that needs the administrator tag.`,
        {
          notDone: 'The tap was not changed.',
          next: 'Sign in as an administrator, or ask one.',
        },
      );
    const vhost = requireVhost(session, asked.vhost);
    const { audit, capture } = runtime();
    const tap = await audit.act(
      {
        by: session.user,
        kind: 'tap',
        words: `Switch the tap of vhost ${vhost} ${on ? 'on' : 'off'}`,
        intent: { vhost, on },
        href: null,
      },
      async () => {
        await capture.setTap(vhost, on);
        const tap = capture.status().taps.find((t) => t.vhost === vhost);
        if (!tap) throw new HoplightError('internal', `The tap of vhost ${vhost} is not known.`);
        return tap;
      },
      ({ state }) => state,
    );
    return json(tapAnswerSchema, { tap });
  });
}
