/** Notifications that do not arrive, as the status corner lists what is missing. Pure. */
import type { Missing } from '../model/broker.ts';
import type { NotificationStatus } from '../model/live.ts';

export function missingOf({ state, to, since, words }: NotificationStatus): Missing[] {
  if (state !== 'failing') return [];
  return [
    {
      what: 'notifications',
      why: `the webhook at ${to} takes none: ${words}`,
      since: since ?? 0,
      mend: 'Check HOPLIGHT_WEBHOOK_URL, HOPLIGHT_WEBHOOK_AUTHORIZATION and the receiver; what is still true is told when it answers again.',
    },
  ];
}
