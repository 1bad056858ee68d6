'use client';
import type { ReactNode } from 'react';
import { Glyph } from '@/app/_ui/Glyph';
import styles from './journey.module.css';

/** How the strip is read, in one line under it: whole is seen, dashed is deduced, hatched is not known. */
export function Legend({ spans, children }: { spans: boolean; children: ReactNode }) {
  return (
    <div className={styles.legend}>
      <ul aria-label="Legend">
        <Sign words="observed" title="The tap saw it, a service's span said so, or Hoplight did it itself">
          <Glyph hop="delivered" size={14} />
        </Sign>
        <Sign words="inferred" title="Deduced, or read off x-death: Why says by what">
          <Glyph hop="delivered" size={14} mode="inferred" />
        </Sign>
        <Sign words="waits in its queue" title="From entering the queue to leaving it">
          <span className={styles.waitSign} />
        </Sign>
        <Sign words="held by a consumer" title="Dashed and ≤ where its end is not known: acks cannot be seen">
          <span className={styles.heldSign} />
        </Sign>
        {spans ? (
          <Sign words="span, failed span" title="What the consumer's service reported of it over OTLP">
            <span className={styles.spanSign} />
            <span className={styles.failedSign} />
          </Sign>
        ) : null}
        <Sign words="gap: nobody could see" title="Hops may be missing in it; the Tap row says why">
          <span className={styles.gapSign} />
        </Sign>
      </ul>
      {children}
    </div>
  );
}

function Sign({ words, title, children }: { words: string; title: string; children: ReactNode }) {
  return (
    <li title={title}>
      {children}
      {words}
    </li>
  );
}
