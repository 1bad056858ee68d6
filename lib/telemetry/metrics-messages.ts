/** Figures of what only Hoplight knows: how messages, consumers and queues fare, and what it costs to know. */
import type { Attention, ReadingCost } from '../model/live.ts';
import type { JourneyStatus } from '../model/names.ts';
import type { Figures } from './figures.ts';
import type { Listened } from './listened.ts';
import type { Tally } from './tally.ts';

export interface MessageReadings {
  /** Journeys in the store. */
  journeys: readonly { vhost: string; status: JourneyStatus; count: number }[];
  listened: readonly Listened[];
  /** What needs a look; null before the first reading. */
  attention: readonly Attention[] | null;
  readings: readonly ReadingCost[];
  /** null: no webhook is set. */
  notifications: { arrived: number; givenUp: number; failedTries: number; waiting: number } | null;
}

export interface Tallies {
  deaths: Tally<'reason'>;
  losses: Tally<'cause'>;
}

const levels: readonly Attention['level'][] = ['dead', 'warn', 'unknown'];

export function messageFigures(
  { gauge, counter }: Figures<MessageReadings>,
  tallies: Tallies,
  codes: readonly Attention['code'][],
): void {
  gauge(
    'hoplight_journeys',
    'Journeys of messages in the store, by where they stand',
    ['vhost', 'status'],
    (g, r) => {
      for (const { vhost, status, count } of r.journeys) g.set({ vhost, status }, count);
    },
  );
  counter(
    'hoplight_deaths_total',
    'Dead letters as they happened, by the queue where they died and why',
    ['vhost', 'queue', 'reason'],
    (c) => {
      for (const { labels, count } of tallies.deaths.lines()) c.inc(labels, count);
    },
  );
  counter(
    'hoplight_consumers_lost_total',
    'Consumers that went away, by their queue and the cause',
    ['vhost', 'queue', 'cause'],
    (c) => {
      for (const { labels, count } of tallies.losses.lines()) c.inc(labels, count);
    },
  );
  counter(
    'hoplight_tap_listened_seconds_total',
    'Time in which nothing that passed through the vhost was missed',
    ['vhost'],
    (c, r) => {
      for (const { vhost, listened } of r.listened) c.inc({ vhost }, listened);
    },
  );
  counter(
    'hoplight_tap_accounted_seconds_total',
    'Time of which it is known whether all that passed through the vhost was heard',
    ['vhost'],
    (c, r) => {
      for (const { vhost, accounted } of r.listened) c.inc({ vhost }, accounted);
    },
  );
  counter(
    'hoplight_tap_gap_seconds_total',
    'Time in which something that passed was not seen, by the kind of gap',
    ['vhost', 'kind'],
    (c, r) => {
      for (const { vhost, gaps } of r.listened)
        for (const [kind, seconds] of Object.entries(gaps)) c.inc({ vhost, kind }, seconds);
    },
  );
  gauge(
    'hoplight_needs_a_look',
    'What needs a look now, one for each line on the overview',
    ['code', 'level'],
    (g, r) => {
      if (r.attention === null) return;
      for (const code of codes) for (const level of levels) g.set({ code, level }, 0);
      for (const { code, level } of r.attention) g.inc({ code, level });
    },
  );
  gauge('hoplight_reading_seconds', 'How long the broker took for the last answer', ['what'], (g, r) => {
    for (const { what, readAt, tookMs } of r.readings) if (readAt !== null) g.set({ what }, tookMs / 1000);
  });
  gauge('hoplight_reading_pace_seconds', 'Pace at which the broker is asked', ['what'], (g, r) => {
    for (const { what, everyMs } of r.readings) g.set({ what }, everyMs / 1000);
  });
  gauge('hoplight_reading_timestamp_seconds', 'When the shown answer was asked for', ['what'], (g, r) => {
    for (const { what, readAt } of r.readings) if (readAt !== null) g.set({ what }, readAt / 1000);
  });
  counter(
    'hoplight_notifications_total',
    'Notifications, by whether they arrived at the webhook',
    ['outcome'],
    (c, { notifications }) => {
      if (!notifications) return;
      c.inc({ outcome: 'arrived' }, notifications.arrived);
      c.inc({ outcome: 'given up' }, notifications.givenUp);
    },
  );
  counter(
    'hoplight_notification_failed_tries_total',
    'Tries to bring a notification that failed',
    [],
    (c, { notifications }) => {
      if (notifications) c.inc(notifications.failedTries);
      else c.remove();
    },
  );
  gauge(
    'hoplight_notifications_waiting',
    'Changes that are to be told and have not arrived',
    [],
    (g, { notifications }) => {
      if (notifications) g.set(notifications.waiting);
      else g.remove();
    },
  );
}
