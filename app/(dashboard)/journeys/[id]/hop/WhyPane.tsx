'use client';
import Link from 'next/link';
import { useHref, withParams } from '@/app/_live/scope';
import { clockMs, counted } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import type { Hop, Journey } from '@/lib/model/journey';
import { gapSentence } from '../gap-words';
import { type ClientNames, shapeOf, sourceOf, titleOf } from '../hop-words';
import styles from '../journey.module.css';
import { failureOf } from '../span-tree';

/** Hops before this one that are told, the nearest. */
const MOST = 8;

/** How we know: the hop's own reason, then those of the way that led to it, latest first; and what may be missing. */
export function WhyPane({ journey, hop, names }: { journey: Journey; hop: Hop; names: ClientNames }) {
  const way = [hop, ...ancestors(hop, journey)];
  return (
    <ol className={styles.why}>
      {way.slice(0, MOST).map((one) => (
        <Reason key={one.id} hop={one} names={names} />
      ))}
      {way.length > MOST ? <li className="t3">{counted(way.length - MOST, 'hop')} before that.</li> : null}
      {hop.kind === 'delivery' && hop.spans.length === 0 ? (
        <li>
          <Glyph hop="unknown" mode="hollow" />
          <span className="wrap">
            <b>Whether it was acked cannot be seen.</b> The broker shows no acks; a span of its consumer would
            tell.
          </span>
        </li>
      ) : null}
      {journey.gaps.map((gap) => (
        <li key={gap.id}>
          <Glyph hop="unknown" />
          <span className="wrap">
            <b>{gapSentence(gap)}</b>
          </span>
        </li>
      ))}
      {hop.kind === 'death' ? <Others hop={hop} journey={journey} /> : null}
    </ol>
  );
}

function Reason({ hop, names }: { hop: Hop; names: ClientNames }) {
  const { words, name } = titleOf(hop, names);
  const failure = failureOf(hop.spans);
  return (
    <li>
      <Glyph hop={shapeOf(hop)} mode={hop.provenance === 'inferred' ? 'inferred' : 'solid'} />
      <span className="wrap">
        <b>
          {words} {name ? <span className="mono">{name}</span> : null}.
        </b>{' '}
        {hop.why}{' '}
        <span className="s t3 nw">
          {hop.provenance}: {sourceOf(hop)}
        </span>
        {failure ? (
          <span className={styles.also}>
            Its consumer’s span ended in <span className="dead ink">ERROR {failure.statusMessage ?? ''}</span>
            . <span className="s t3 nw">observed: OTLP, {counted(hop.spans.length, 'span')}</span>
          </span>
        ) : null}
        {hop.events.map((event) => (
          <span key={event.id} className={styles.also}>
            {event.words.replace(/[.\s]+$/, '')}.{' '}
            <span className="s t3 nw">
              observed: {event.source === 'log' ? 'the broker’s log' : 'the broker’s event exchange'},{' '}
              {clockMs(event.at)}
            </span>
          </span>
        ))}
      </span>
    </li>
  );
}

/** The way to those that died alike, in the queue where they lie. */
function Others({ hop, journey }: { hop: Hop; journey: Journey }) {
  const href = useHref();
  const grave = journey.hops.find((h) => h.kind === 'queue' && h.from.includes(hop.id))?.queue;
  return (
    <li>
      <Glyph hop="dead" mode="hollow" />
      <span>
        Others may have died of the same.{' '}
        <Link
          className="link"
          href={href(withParams('/dead-letters', grave ? { queue: grave, in: hop.vhost } : {}))}
        >
          Open Dead letters
        </Link>
      </span>
    </li>
  );
}

/** Every hop that led here, the latest first. */
function ancestors(hop: Hop, journey: Journey): Hop[] {
  const wanted = new Set(hop.from);
  const found: Hop[] = [];
  for (const one of journey.hops.toReversed()) {
    if (!wanted.has(one.id)) continue;
    found.push(one);
    for (const id of one.from) wanted.add(id);
  }
  return found;
}
