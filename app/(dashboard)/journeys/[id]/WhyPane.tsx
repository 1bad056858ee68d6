'use client';
import Link from 'next/link';
import { useLive } from '@/app/_live/LiveProvider';
import { useHref } from '@/app/_live/scope';
import { Glyph } from '@/app/_ui/Glyph';
import type { Hop, Journey } from '@/lib/model/journey';
import { gapWords } from './gap-words';
import { shapeOf, sourceOf, titleOf } from './hop-words';
import styles from './journey.module.css';

const NONE: ReadonlyMap<string, string> = new Map();
/** Hops before this one that are told, the nearest. */
const MOST = 8;

/** How we know: the hop's own reason, then those of the way that led to it, latest first; and what may be missing. */
export function WhyPane({ journey, hop }: { journey: Journey; hop: Hop }) {
  const live = useLive();
  const href = useHref();
  const names = new Map<string, string>(
    (live?.consumers ?? []).flatMap((c) => (c.client.name ? [[c.connection, c.client.name]] : [])),
  );
  const way = [hop, ...ancestors(hop, journey)];
  const dead = hop.kind === 'death';
  return (
    <ol className={styles.why}>
      {way.slice(0, MOST).map((one) => {
        const { words, name } = titleOf(one, names.size > 0 ? names : NONE);
        return (
          <li key={one.id}>
            <Glyph hop={shapeOf(one)} mode={one.provenance === 'inferred' ? 'inferred' : 'solid'} />
            <span className="wrap">
              <b>
                {words} {name ? <span className="mono">{name}</span> : null}.
              </b>{' '}
              {one.why}{' '}
              <span className="s t3">
                {one.provenance}: {sourceOf(one)}
              </span>
            </span>
          </li>
        );
      })}
      {way.length > MOST ? <li className="t3">{way.length - MOST} hops before that.</li> : null}
      {journey.gaps.map((gap) => (
        <li key={gap.id}>
          <Glyph hop="unknown" />
          <span className="wrap">
            <b>{gapWords(gap)}.</b>
          </span>
        </li>
      ))}
      {dead ? (
        <li>
          <Glyph hop="dead" mode="hollow" />
          <span>
            Others may have died of the same.{' '}
            <Link className="link" href={href('/dead-letters')}>
              Open Dead letters
            </Link>
          </span>
        </li>
      ) : null}
    </ol>
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
