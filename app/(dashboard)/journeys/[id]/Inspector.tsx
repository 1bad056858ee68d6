'use client';
import type { ReactNode } from 'react';
import { cx } from '@/app/_ui/cx';
import { bytes, duration } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Panel } from '@/app/_ui/Panel';
import { Source } from '@/app/_ui/Source';
import { type Tab, Tabs } from '@/app/_ui/Tabs';
import { Time } from '@/app/_ui/Time';
import type { Hop, Journey } from '@/lib/model/journey';
import { BodyPane } from '../../_parts/message/BodyPane';
import { HeadersPane, PropertiesPane } from '../../_parts/message/MessagePanes';
import { QueueName } from '../../_parts/QueueName';
import {
  answerOf,
  type ClientNames,
  endOf,
  lastedMs,
  nameOfExchange,
  peerOf,
  precisionOf,
  publisherOf,
  reasonOf,
  shapeOf,
  sourceOf,
  titleOf,
  waitBefore,
} from './hop-words';
import styles from './journey.module.css';
import type { RowNotes } from './Strip';
import { WhyPane } from './WhyPane';

const TABS = ['properties', 'headers', 'body', 'why'] as const;
type TabName = (typeof TABS)[number];

/** One hop opened: what is known of it at the left, its message and the reasons at the right. */
export function Inspector({
  journey,
  hop,
  names,
  notes,
  tab,
  onTab,
}: {
  journey: Journey;
  hop: Hop;
  names: ClientNames;
  notes: RowNotes;
  tab: string | null;
  onTab: (tab: TabName) => void;
}) {
  const value = TABS.find((t) => t === tab) ?? 'properties';
  const { words, name } = titleOf(hop, names);
  // a wait or a requeue carries no message of its own: the one that came in is the one that waits
  const carried = hop.message ? hop : carrierOf(hop, journey);
  const message = carried?.message ?? null;
  const tabs: Tab<TabName>[] = [
    { value: 'properties', label: 'Properties' },
    { value: 'headers', label: 'Headers', hint: message?.headers.length },
    { value: 'body', label: 'Body', hint: message ? bytes(message.body.size) : null },
    { value: 'why', label: 'Why' },
  ];
  const { hops } = journey;
  const at = hops.indexOf(hop) + 1;
  return (
    <Panel label="Hop" className={styles.inspector}>
      <div className={styles.hop}>
        <div className={cx('row', styles.title)}>
          <Glyph hop={shapeOf(hop)} mode={hop.provenance === 'inferred' ? 'inferred' : 'solid'} />
          <h2 className="grow" title={`${words} ${name ?? ''}`}>
            {words} {name ? <span className="mono">{name}</span> : null}
          </h2>
          <span className="s t3 nw">
            hop {at} of {hops.length}
          </span>
        </div>
        <p className={styles.provenance}>
          <Source kind={hop.provenance} how={hop.why} />
          <span className="s t3">
            {sourceOf(hop)}, {hop.at === null ? null : <Time at={hop.at} ms />}
            {hop.at === null ? '' : ', '}
            {precisionOf(hop)}
          </span>
        </p>
        <dl className={styles.facts}>
          {factsOf(hop, journey, names, notes).map(([term, words]) => (
            <Fact key={term} term={term}>
              {words}
            </Fact>
          ))}
        </dl>
        <p className={cx('row s t3 wide', styles.keys)}>
          <kbd>←</kbd>
          <kbd>→</kbd> walk hops <kbd>↑</kbd>
          <kbd>↓</kbd> rows <kbd>C</kbd> copy
        </p>
      </div>
      <Tabs label="Of this hop" tabs={tabs} value={value} onChange={onTab}>
        {value === 'why' ? <WhyPane journey={journey} hop={hop} /> : null}
        {value !== 'why' && !message ? (
          <p className={cx('t3', styles.note)}>
            {hop.provenance === 'inferred'
              ? 'This hop was inferred: no copy of the message was seen in it.'
              : 'Nothing of the message was kept with this hop.'}
          </p>
        ) : null}
        {message && carried && carried !== hop ? (
          <p className={cx('s t3', styles.note)}>
            As it was seen in hop {hops.indexOf(carried) + 1},{' '}
            {hops.indexOf(carried) < at - 1 ? 'before' : 'after'} this one.
          </p>
        ) : null}
        {value === 'properties' && message ? <PropertiesPane message={message} /> : null}
        {value === 'headers' && message ? <HeadersPane message={message} /> : null}
        {value === 'body' && message ? <BodyPane message={message} name={hop.id} /> : null}
      </Tabs>
    </Panel>
  );
}

/** The nearest hop with a message: one that led here, else one that this led to. */
function carrierOf(hop: Hop, journey: Journey): Hop | null {
  const before = journey.hops.find((h) => hop.from.includes(h.id) && h.message);
  return before ?? journey.hops.find((h) => h.from.includes(hop.id) && h.message) ?? null;
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** What is known of the hop, in the order of asking: where, who, how long, how it ended. Unknown lines are left out. */
function factsOf(hop: Hop, journey: Journey, names: ClientNames, notes: RowNotes): [string, ReactNode][] {
  const facts: [string, ReactNode][] = [];
  const add = (term: string, words: ReactNode) => {
    if (words !== null && words !== undefined && words !== '') facts.push([term, words]);
  };
  const mono = (text: string | null) => (text === null ? null : <span className="mono">{text}</span>);
  const { hops } = journey;
  if (hop.queue !== null && hop.kind !== 'return')
    add(
      'Queue',
      <>
        <QueueName vhost={hop.vhost} name={hop.queue} />{' '}
        <span className="t3">{notes.get(hop.row)?.split(',')[0]}</span>
      </>,
    );
  if (hop.exchange !== null)
    add(hop.kind === 'death' ? 'Sent to' : 'Exchange', mono(nameOfExchange(hop.exchange)));
  add('Key', hop.routingKeys.length > 0 ? mono(hop.routingKeys.join(', ')) : null);
  if (hop.routedQueues.length > 0) add('Reached', mono(hop.routedQueues.join(', ')));
  if (hop.kind === 'publish') add('Publisher', mono(publisherOf(hop, names)));
  if (hop.connection !== null) {
    const known = names.get(hop.connection);
    if (known && hop.kind === 'delivery') add('Consumer', mono(known));
    add(
      'Peer',
      <>
        {mono(peerOf(hop.connection))}
        {hop.channel === null ? '' : `, channel ${hop.channel}`}
      </>,
    );
  }
  add('User', mono(hop.user));
  if (hop.redelivered !== null) add('Redelivered', hop.redelivered ? 'yes' : 'no');
  const waited = hop.kind === 'delivery' ? waitBefore(hop, hops) : null;
  if (waited !== null) add('Waited', `${duration(waited)} in the queue`);
  const lasted = lastedMs(hop);
  if (hop.kind === 'queue') {
    const left = hops.some((h) => h.from.includes(hop.id));
    add(
      'Waited',
      lasted !== null ? duration(lasted) : left ? 'not known how long' : 'still waits, as far as is known',
    );
  }
  const end = hop.kind === 'delivery' ? endOf(hop, hops) : null;
  if (hop.kind === 'delivery') {
    if (lasted !== null) add('Held', duration(lasted));
    add(
      'Ended by',
      end ? (
        <>
          <span className={`${end.hue} ink`}>{end.words}</span>{' '}
          {end.inferred ? <Source kind="inferred" how={end.how} /> : null}
        </>
      ) : (
        'not known: acks cannot be seen'
      ),
    );
  }
  if (hop.reason !== null && (hop.kind === 'death' || hop.kind === 'retry')) add('Reason', reasonOf(hop));
  if (hop.reason !== null && hop.kind === 'return') add('Reason', hop.reason);
  if (hop.error !== null) add('Error', <span className="dead ink">{hop.error}</span>);
  if (hop.death) add('Count', `${hop.death.count} in this queue for this reason`);
  if (hop.replay) {
    add('Job', mono(hop.replay.jobId));
    add('Copy', mono(hop.replay.replayId));
    add('By', hop.replay.by);
  }
  add('Answer', answerOf(hop));
  add('Node', mono(hop.node));
  return facts;
}
