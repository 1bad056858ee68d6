/** The status corner in words, from the live state. Pure: `now` is passed in. */
import { bytes, clock, count, duration, percent, rate } from '@/app/_ui/format';
import type { Hue } from '@/app/_ui/hop';
import type { EventSource, LiveState, Tap } from '@/lib/model/live';
import { setAsideReasons } from '@/lib/model/names';
import { clusterName } from './cluster-name';
import { unreadOf } from './missing-words';

export interface StatusLine {
  name: 'Broker' | 'Tap' | 'Store' | 'Dropped';
  /** A few words, for the rail. */
  brief: string;
  /** Full sentences with how to mend what is amiss. */
  words: string[];
  hue: Hue;
}

function brokerLine(live: LiveState, now: number): StatusLine {
  const version = live.version ? `RabbitMQ ${live.version}` : 'version unknown';
  const amqp =
    live.status.amqp.state === 'open'
      ? 'The AMQP connection is open.'
      : `The AMQP connection is ${live.status.amqp.state}${live.status.amqp.reason ? `: ${live.status.amqp.reason}` : ''}.`;
  const missing = unreadOf(live.status.missing).map(
    // what is told elsewhere is not read: it is not unknown, it fails
    (m) => `${m.what} ${m.what === 'notifications' ? 'fail' : 'unknown'}: ${m.why} ${m.mend}`,
  );
  if (live.freshness === 'live')
    return {
      name: 'Broker',
      brief: `${clusterName(live.cluster)}, ${live.version ?? '?'}`,
      words: [`${live.cluster ?? 'The broker'} answers, ${version}.`, amqp, ...missing],
      hue: live.status.amqp.state === 'open' && missing.length === 0 ? 'settled' : 'returned',
    };
  const age =
    live.since === null
      ? ''
      : ` ${duration(Math.max(0, now - live.since))
          .split(' ')
          .slice(0, 4)
          .join(' ')}`;
  const away = live.freshness === 'away';
  return {
    name: 'Broker',
    brief: `${away ? 'away' : 'stale'}${age}`,
    words: [
      `${away ? 'The broker does not answer' : 'The last readings failed'}${live.since ? ` since ${clock(live.since, now)}` : ''}${live.reason ? `: ${live.reason}` : ''}.`,
      amqp,
      ...missing,
    ],
    hue: away ? 'dead' : 'returned',
  };
}

function tapLine(taps: readonly Tap[], sources: readonly EventSource[]): StatusLine {
  const on = taps.filter((tap) => tap.state === 'on');
  const failed = taps.filter((tap) => tap.state === 'failed');
  const perSecond = on.reduce((sum, tap) => sum + tap.eventsPerSecond, 0);
  const brief =
    taps.length === 0 || (on.length === 0 && failed.length === 0)
      ? taps.some((tap) => tap.state === 'starting')
        ? 'starting'
        : 'off'
      : on.length === taps.length
        ? `on, ${rate(perSecond)}`
        : on.length === 0
          ? 'failed'
          : `on in ${on.length} of ${taps.length}`;
  const words = taps.map((tap) => `${tap.vhost}: ${tap.words}`);
  const untapped = taps.flatMap((tap) =>
    tap.deadLetterExchanges.filter((e) => !e.tapped).map((e) => e.words),
  );
  const told = sources.map((s) => `The broker’s ${s.source === 'event' ? 'events' : 'log'}: ${s.words}`);
  return {
    name: 'Tap',
    brief,
    words:
      words.length + untapped.length > 0
        ? [...words, ...untapped, ...told]
        : ['No vhost is tapped.', ...told],
    hue: failed.length > 0 ? 'dead' : on.length > 0 && on.length === taps.length ? 'settled' : 'returned',
  };
}

/** Broker, tap, store, dropped: in this order, one line each. */
export function statusLines(live: LiveState, now: number): StatusLine[] {
  const { store, capture, taps } = live.status;
  const dropped = Object.entries(capture.dropped).filter(
    ([why, n]) => n > 0 && !setAsideReasons.includes(why),
  );
  const sum = dropped.reduce((total, [, n]) => total + n, 0);
  return [
    brokerLine(live, now),
    tapLine(taps, live.status.events ?? []),
    {
      name: 'Store',
      brief:
        store.limitBytes > 0
          ? `${percent(store.bytes / store.limitBytes)} of ${bytes(store.limitBytes)}`
          : bytes(store.bytes),
      words: [store.words],
      hue: store.ok ? 'settled' : 'dead',
    },
    {
      name: 'Dropped',
      brief: sum === 0 ? 'none' : count(sum),
      words:
        sum === 0
          ? [`No event was lost of ${count(capture.received)} that arrived.`]
          : dropped.map(([reason, n]) => `${count(n)} events: ${reason}. They show as a gap in journeys.`),
      hue: sum === 0 ? 'settled' : 'returned',
    },
  ];
}
