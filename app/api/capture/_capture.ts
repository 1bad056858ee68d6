/** What a user sees of capture, and may change: only of vhosts that are his to see. Pure. */
import type { CaptureAnswer } from '../../../lib/model/api.ts';
import type { CaptureSettings } from '../../../lib/model/capture.ts';
import { HoplightError } from '../../../lib/model/errors.ts';

/** Names of queues that he may not read are left out, but for an administrator, who changes them and sees all on the broker. */
export function seenBy(
  answer: CaptureAnswer,
  viewer: { vhosts: readonly string[]; mayRead: (vhost: string, queue: string) => boolean },
): CaptureAnswer {
  const his = (thing: { vhost: string }) => viewer.vhosts.includes(thing.vhost);
  const mayRead = (vhost: string, queue: string) => answer.mayChange || viewer.mayRead(vhost, queue);
  const scopesOf = (settings: CaptureSettings): CaptureSettings => ({
    ...settings,
    scopes: Object.fromEntries(
      Object.entries(settings.scopes)
        .filter(([vhost]) => his({ vhost }))
        .map(([vhost, scope]) => [
          vhost,
          scope.mode === 'all'
            ? scope
            : { ...scope, queues: scope.queues.filter((queue) => mayRead(vhost, queue)) },
        ]),
    ),
  });
  return {
    ...answer,
    settings: scopesOf(answer.settings),
    defaults: scopesOf(answer.defaults),
    taps: answer.taps.filter(his),
    cost: answer.cost.filter((c) => his(c) && (c.kind === 'exchange' || mayRead(c.vhost, c.name))),
  };
}

/**
 * The settings that hold when he changes them to `wanted`: scopes of vhosts that he does not see stay as they are.
 * Throws `not_found` when he names such a vhost.
 */
export function changedBy(
  now: CaptureSettings,
  wanted: CaptureSettings,
  vhosts: readonly string[],
): CaptureSettings {
  const strange = Object.keys(wanted.scopes).find((vhost) => !vhosts.includes(vhost));
  if (strange !== undefined)
    throw new HoplightError('not_found', `There is no vhost ${strange.slice(0, 255)} that you may see.`, {
      notDone: 'What is captured was not changed.',
      next: 'Leave it out of the scopes.',
    });
  const hidden = Object.entries(now.scopes).filter(([vhost]) => !vhosts.includes(vhost));
  return { ...wanted, scopes: Object.fromEntries([...hidden, ...Object.entries(wanted.scopes)]) };
}

/** Throws `forbidden`. The broker asks for that tag to trace a vhost, so what is traced and kept asks for it too. */
export function requireAdministrator(
  session: { user: string; tags: readonly string[] },
  notDone: string,
): void {
  if (session.tags.includes('administrator')) return;
  throw new HoplightError(
    'forbidden',
    `${session.user} may not change what is captured: that needs the administrator tag.`,
    { notDone, next: 'Sign in as an administrator, or ask one.' },
  );
}
