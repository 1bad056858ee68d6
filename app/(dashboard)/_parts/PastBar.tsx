'use client';
import { Button } from '@/app/_ui/Button';
import { Segmented } from '@/app/_ui/Segmented';
import type { PastView } from './past';
import styles from './past.module.css';
import { moved, RANGES, type Span, scaled } from './past-span';

/** How far back, and closer looks without a mouse: every chart beside it follows. */
export function PastBar({ view }: { view: PastView }) {
  const { range, zoom, words, setRange, look } = view;
  const go = (next: (span: Span, now: number) => Span | null) => () => {
    const now = Date.now();
    const span = next(zoom ?? { from: now - range.ms, to: now }, now);
    if (span) look(span);
  };
  return (
    <div className={styles.bar}>
      <p className="s t2" role="status">
        {zoom ? words : ''}
      </p>
      {zoom ? (
        <Button small onClick={() => look(null)}>
          Back to {range.words}
        </Button>
      ) : null}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would be a form's */}
      <div className={styles.steps} role="group" aria-label="Look closer or elsewhere">
        <Button
          small
          icon="left"
          aria-label="Earlier"
          title="Earlier"
          onClick={go((s, now) => moved(s, -1, now))}
        />
        <Button
          small
          icon="right"
          aria-label="Later"
          title="Later"
          reason={zoom ? undefined : 'it reaches up to now'}
          onClick={go((s, now) => moved(s, 1, now))}
        />
        <Button small aria-label="Longer" title="Longer" onClick={go((s, now) => scaled(s, 2, now))}>
          −
        </Button>
        <Button small aria-label="Closer" title="Closer" onClick={go((s, now) => scaled(s, 0.5, now))}>
          +
        </Button>
      </div>
      <Segmented
        label="How far back"
        value={zoom ? '' : range.value}
        options={RANGES.map(({ value, label }) => ({ value, label }))}
        onChange={(value) => {
          if (value !== '') setRange(value);
        }}
      />
    </div>
  );
}
