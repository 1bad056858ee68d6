'use client';
import { CopyButton } from '@/app/_ui/CopyButton';
import { cx } from '@/app/_ui/cx';
import { bytes } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { later } from '@/app/_ui/later';
import { Panel } from '@/app/_ui/Panel';
import { Source } from '@/app/_ui/Source';
import { type Tab, Tabs } from '@/app/_ui/Tabs';
import { Time } from '@/app/_ui/Time';
import type { Hop, Journey } from '@/lib/model/journey';
import { BodyPane } from '../../../_parts/message/BodyPane';
import { HeadersPane, PropertiesPane } from '../../../_parts/message/MessagePanes';
import { messageJson } from '../../../_parts/message/message-json';
import { carrierOf } from '../compare/partners';
import { type ClientNames, precisionOf, shapeOf, sourceOf, titleOf } from '../hop-words';
import styles from '../journey.module.css';
import type { RowNotes } from '../strip/Lanes';
import { CompareMenu } from './CompareMenu';
import { HopFacts } from './HopFacts';
import { WhyPane } from './WhyPane';

const SpanPane = later(() => import('./SpanPane').then((m) => m.SpanPane));

export const TABS = ['properties', 'headers', 'body', 'span', 'why'] as const;
export type TabName = (typeof TABS)[number];

/** One hop opened: what is known of it at the left, its message, its spans and the reasons at the right. */
export function Inspector({
  journey,
  hop,
  names,
  notes,
  tab,
  onTab,
  onCompare,
}: {
  journey: Journey;
  hop: Hop;
  names: ClientNames;
  notes: RowNotes;
  tab: string | null;
  onTab: (tab: TabName) => void;
  onCompare: (other: Hop) => void;
}) {
  const value = TABS.find((t) => t === tab) ?? 'properties';
  const { words, name } = titleOf(hop, names);
  // a wait or a requeue carries no message of its own: the one that came in is the one that waits
  const carried = carrierOf(hop, journey);
  const message = carried?.message ?? null;
  const tabs: Tab<TabName>[] = [
    { value: 'properties', label: 'Properties' },
    { value: 'headers', label: 'Headers', hint: message?.headers.length },
    { value: 'body', label: 'Body', hint: message ? bytes(message.body.size) : null },
    { value: 'span', label: 'Span', hint: hop.spans.length > 0 ? hop.spans.length : null },
    { value: 'why', label: 'Why' },
  ];
  const { hops } = journey;
  const at = hops.indexOf(hop) + 1;
  const ofMessage = value !== 'why' && value !== 'span';
  const body = `/api/journeys/${encodeURIComponent(journey.id)}/body?hop=${encodeURIComponent(carried?.id ?? hop.id)}`;
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
        <HopFacts hop={hop} journey={journey} names={names} notes={notes} />
        <div className={cx('row', styles.acts)}>
          <CompareMenu journey={journey} hop={hop} names={names} onCompare={onCompare} />
          {message ? (
            <CopyButton text={messageJson(message)} what="the message as JSON">
              Copy as JSON
            </CopyButton>
          ) : null}
        </div>
      </div>
      <Tabs label="Of this hop" tabs={tabs} value={value} onChange={onTab}>
        {value === 'why' ? <WhyPane journey={journey} hop={hop} names={names} /> : null}
        {value === 'span' ? <SpanPane hop={hop} /> : null}
        {ofMessage && !message ? (
          <p className={cx('t3', styles.note)}>
            {hop.provenance === 'inferred'
              ? 'This hop was inferred: no copy of the message was seen in it.'
              : 'Nothing of the message was kept with this hop.'}
          </p>
        ) : null}
        {ofMessage && message && carried && carried !== hop ? (
          <p className={cx('s t3', styles.note)}>
            As it was seen in hop {hops.indexOf(carried) + 1},{' '}
            {hops.indexOf(carried) < at - 1 ? 'before' : 'after'} this one.
          </p>
        ) : null}
        {value === 'properties' && message ? <PropertiesPane message={message} /> : null}
        {value === 'headers' && message ? <HeadersPane message={message} /> : null}
        {value === 'body' && message ? <BodyPane message={message} name={hop.id} href={body} /> : null}
      </Tabs>
    </Panel>
  );
}
