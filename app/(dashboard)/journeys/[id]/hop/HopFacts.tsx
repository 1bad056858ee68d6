'use client';
import type { ReactNode } from 'react';
import { clockMs, duration } from '@/app/_ui/format';
import { Source } from '@/app/_ui/Source';
import type { Hop, Journey } from '@/lib/model/journey';
import { QueueName } from '../../../_parts/QueueName';
import {
  answerOf,
  type ClientNames,
  endOf,
  lastedMs,
  nameOfExchange,
  peerOf,
  publisherOf,
  reasonOf,
  waitBefore,
} from '../hop-words';
import styles from '../journey.module.css';
import type { RowNotes } from '../strip/Lanes';

/** What is known of the hop, in the order of asking: where, who, how long, how it ended. Unknown lines are left out. */
export function HopFacts({
  hop,
  journey,
  names,
  notes,
}: {
  hop: Hop;
  journey: Journey;
  names: ClientNames;
  notes: RowNotes;
}) {
  return (
    <dl className={styles.facts}>
      {[...placeOf(hop, names, notes), ...timesOf(hop, journey), ...outcomeOf(hop)].map(({ term, words }) => (
        <Fact key={term} term={term}>
          {words}
        </Fact>
      ))}
    </dl>
  );
}

interface Line {
  term: string;
  words: ReactNode;
}

function line(term: string, words: ReactNode): Line {
  return { term, words };
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}

const mono = (text: string | null) => (text === null ? null : <span className="mono">{text}</span>);

function known(lines: Line[]): Line[] {
  return lines.filter(({ words }) => words !== null && words !== undefined && words !== '');
}

function placeOf(hop: Hop, names: ClientNames, notes: RowNotes): Line[] {
  const client = hop.connection === null ? null : (names.get(hop.connection) ?? null);
  return known([
    line(
      'Queue',
      hop.queue === null || hop.kind === 'return' ? null : (
        <>
          <QueueName vhost={hop.vhost} name={hop.queue} />{' '}
          <span className="t3">{notes.get(hop.row)?.split(',')[0]}</span>
        </>
      ),
    ),
    line(
      hop.kind === 'death' ? 'Sent to' : 'Exchange',
      hop.exchange === null ? null : mono(nameOfExchange(hop.exchange)),
    ),
    line('Key', hop.routingKeys.length > 0 ? mono(hop.routingKeys.join(', ')) : null),
    line('Reached', hop.routedQueues.length > 0 ? mono(hop.routedQueues.join(', ')) : null),
    line('Publisher', hop.kind === 'publish' ? mono(publisherOf(hop, names)) : null),
    line('Consumer', hop.kind === 'delivery' ? mono(client) : null),
    line(
      'Peer',
      hop.connection === null ? null : (
        <>
          {mono(peerOf(hop.connection))}
          {hop.channel === null ? '' : `, channel ${hop.channel}`}
        </>
      ),
    ),
    line('User', mono(hop.user)),
    line('Redelivered', hop.redelivered === null ? null : hop.redelivered ? 'yes' : 'no'),
  ]);
}

function timesOf(hop: Hop, { hops }: Journey): Line[] {
  const lasted = lastedMs(hop);
  if (hop.kind === 'queue') {
    const left = hops.some((h) => h.from.includes(hop.id));
    const open = left ? 'not known how long' : 'still waits, as far as is known';
    return [line('Waited', lasted !== null ? duration(lasted) : open)];
  }
  if (hop.kind !== 'delivery') return [];
  const waited = waitBefore(hop, hops);
  const end = endOf(hop, hops);
  return known([
    line('Waited', waited === null ? null : `${duration(waited)} in the queue`),
    line('Held', lasted === null ? null : duration(lasted)),
    line(
      'Ended by',
      end ? (
        <>
          <span className={`${end.hue} ink`}>{end.words}</span>{' '}
          {end.inferred ? <Source kind="inferred" how={end.how} /> : null}
        </>
      ) : (
        'not known: acks cannot be seen'
      ),
    ),
  ]);
}

function outcomeOf(hop: Hop): Line[] {
  const died = hop.kind === 'death' || hop.kind === 'retry';
  return known([
    line(
      'Reason',
      hop.reason === null ? null : died ? reasonOf(hop) : hop.kind === 'return' ? hop.reason : null,
    ),
    line('Error', hop.error === null ? null : <span className="dead ink">{hop.error}</span>),
    line('Count', hop.death ? `${hop.death.count} in this queue for this reason` : null),
    line('Job', hop.replay ? mono(hop.replay.jobId) : null),
    line('Copy', hop.replay ? mono(hop.replay.replayId) : null),
    line('By', hop.replay?.by ?? null),
    line('Answer', answerOf(hop)),
    line('Node', mono(hop.node)),
    line(
      'Broker',
      hop.events.length === 0 ? null : (
        <ul>
          {hop.events.map((event) => (
            <li key={event.id}>
              {event.words} <span className="s t3">{clockMs(event.at)}</span>
            </li>
          ))}
        </ul>
      ),
    ),
  ]);
}
