/** The status corner in words, from the live state. Pure: `now` is passed in. */
import { bytes, clock, count, duration, percent, rate } from '@/app/_ui/format';
import type { Hue } from '@/app/_ui/hop';
import type { EventSource, LiveState, Tap } from '@/lib/model/live';
import { setAsideReasons } from '@/lib/model/names';
import { clusterName } from './cluster-name';
import { unreadOf } from './missing-words';

export interface StatusLine {
  name: 'Broker' | 'Tap' | 'Store' | 'Dropped' | 'Broker events' | 'Broker log';
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

function tapLine(taps: readonly Tap[]): StatusLine {
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
  // why stands on the Status page, with each exchange
  const late = taps.flatMap((tap) =>
    tap.deadLetterExchanges
      .filter((e) => !e.tapped)
      .map((e) => `${e.exchange === '' ? 'the default exchange' : e.exchange} of ${tap.vhost}`),
  );
  const words = taps.length === 0 ? ['No vhost is tapped.'] : taps.map((tap) => `${tap.vhost}: ${tap.words}`);
  if (late.length > 0) words.push(`Deaths through ${listed(late)} are not seen as they happen.`);
  return {
    name: 'Tap',
    brief,
    words,
    hue: failed.length > 0 ? 'dead' : on.length > 0 && on.length === taps.length ? 'settled' : 'returned',
  };
}

/** At most this many are named, the rest counted. */
const NAMED = 3;

function listed(names: readonly string[]): string {
  const rest = names.length - NAMED;
  return rest > 0 ? `${names.slice(0, NAMED).join(', ')} and ${rest} more` : names.join(', ');
}

/** What the broker tells of itself, where that is switched on. */
function sourceLine({ source, state, words }: EventSource): StatusLine {
  return {
    name: source === 'event' ? 'Broker events' : 'Broker log',
    brief: state,
    words: [words],
    hue: state === 'on' ? 'settled' : 'unknown',
  };
}

/** The four of the rail, then the broker's own events and log. */
export function fullStatus(live: LiveState, now: number): StatusLine[] {
  return [...statusLines(live, now), ...(live.status.events ?? []).map(sourceLine)];
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
    tapLine(taps),
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
