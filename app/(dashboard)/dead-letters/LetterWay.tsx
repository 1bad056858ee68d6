'use client';
import Link from 'next/link';
import { useApi } from '@/app/_live/query';
import { useHref } from '@/app/_live/scope';
import { Glyph, type GlyphMode } from '@/app/_ui/Glyph';
import type { Shape } from '@/app/_ui/hop';
import { Skeleton } from '@/app/_ui/Skeleton';
import { Time } from '@/app/_ui/Time';
import type { JourneyAnswer } from '@/lib/model/api';
import type { Hop, HopKind } from '@/lib/model/journey';
import type { DeadLetter } from '@/lib/model/replay';
import styles from './dead-letters.module.css';

const SHAPES: Record<HopKind, Shape> = {
  publish: 'published',
  queue: 'waiting',
  delivery: 'delivered',
  retry: 'requeued',
  death: 'dead',
  return: 'returned',
  replay: 'replayed',
  settlement: 'settled',
};
/** Steps that are drawn; of a longer way the last ones. */
const MOST = 10;

/** The way that it came, in small: what the taps saw of its journey, with whoever published and rejected it. */
export function LetterWay({ letter, vhost }: { letter: DeadLetter; vhost: string }) {
  const href = useHref();
  const path = `/journeys/${encodeURIComponent(letter.journey)}`;
  const { data, problem } = useApi<JourneyAnswer>(['journey', letter.journey], `/api${path}`, {
    keep: false,
  });
  if (problem)
    return (
      <p className={`s t3 ${styles.way}`}>
        {problem.code === 'not_found'
          ? 'No tap saw its way: it is older than what is stored, or nothing listened then.'
          : `Its way could not be read: ${problem.detail}`}
      </p>
    );
  if (!data)
    return (
      <div className={styles.way}>
        <Skeleton width={280} height={16} />
      </div>
    );
  const { hops, sentence } = data.journey;
  const shown = hops.slice(-MOST);
  return (
    <div className={styles.way}>
      <p className="wrap">
        {sentence.map((part, i) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts have no other name
            key={i}
            className={
              part.mark === 'name'
                ? 'mono t1'
                : part.mark === 'who' || !part.mark
                  ? undefined
                  : `${part.mark} ink`
            }
          >
            {part.text}
          </span>
        ))}
      </p>
      <ol className={styles.steps} aria-label="Its way">
        {hops.length > shown.length ? <li className="s t3">{hops.length - shown.length} before</li> : null}
        {shown.map((hop) => (
          <li key={hop.id}>
            <Link href={href(`${path}?hop=${encodeURIComponent(hop.id)}`)} className={styles.step}>
              <Glyph hop={SHAPES[hop.kind]} mode={modeOf(hop)} size={14} />
              <span className="mono cut">{nameOf(hop, vhost)}</span>
              {hop.at === null ? null : (
                <span className="vh">
                  {' '}
                  <Time at={hop.at} />
                </span>
              )}
            </Link>
          </li>
        ))}
      </ol>
    </div>
  );
}

const modeOf = (hop: Hop): GlyphMode => (hop.provenance === 'inferred' ? 'inferred' : 'solid');

function nameOf(hop: Hop, vhost: string): string {
  if (hop.kind === 'publish') return hop.exchange === '' ? 'published' : (hop.exchange ?? 'published');
  if (hop.kind === 'queue')
    return hop.vhost === vhost ? (hop.queue ?? 'queue') : `${hop.vhost} / ${hop.queue ?? 'queue'}`;
  if (hop.kind === 'delivery')
    return hop.attempt !== null && hop.attempt > 1 ? `delivery ${hop.attempt}` : 'delivery';
  if (hop.kind === 'death') return hop.reason?.replaceAll('_', ' ') ?? 'died';
  return hop.kind;
}
