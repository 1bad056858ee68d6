'use client';
import { cx } from '@/app/_ui/cx';
import { clockMs, duration } from '@/app/_ui/format';
import { Source } from '@/app/_ui/Source';
import type { Hop } from '@/lib/model/journey';
import { failureOf } from '../span-tree';
import { SpanTree } from './SpanTree';
import styles from './span.module.css';

/** What the services said that they did in this hop, as spans which they sent over OTLP. */
export function SpanPane({ hop }: { hop: Hop }) {
  const { spans } = hop;
  const [first] = spans;
  if (!first)
    return (
      <div className={styles.pane}>
        <p className="t2">No span of a service belongs to this hop.</p>
        <p className="s t3">
          {hop.kind === 'delivery' || hop.kind === 'publish'
            ? 'Services with OpenTelemetry may send theirs to /v1/traces: then what a consumer did with the message, and how long, stands here.'
            : 'Spans stand with the publish or the delivery that they tell of.'}
        </p>
      </div>
    );
  const failure = failureOf(spans);
  const last = Math.max(...spans.map((s) => s.endAt));
  const early = hop.at === null ? 0 : hop.at - Math.min(...spans.map((s) => s.startAt));
  const services = [...new Set(spans.map((s) => s.service ?? 'a service without a name'))];
  return (
    <div className={styles.pane}>
      <SpanTree spans={spans} label="Spans of this hop" />
      {failure ? (
        <p className="wrap">
          <b className="dead ink">ERROR {failure.statusMessage ?? ''}</b>{' '}
          {failure.exceptionType ? <span className="mono t1">{failure.exceptionType}</span> : null} after{' '}
          {duration(Math.max(0, failure.endAt - failure.startAt))}, in{' '}
          <span className="mono">{failure.name}</span>
        </p>
      ) : null}
      <p className={cx('s t3 wrap')}>
        <Source kind="observed" how="the services reported these spans themselves" /> OTLP from{' '}
        <span className="mono">{services.join(', ')}</span>, ended {clockMs(last)} by its own clock
        {first.parentSpanId === null ? null : (
          <>
            , parent span <span className="mono">{first.parentSpanId}</span>
          </>
        )}
        {hop.kind === 'delivery' && early > 1
          ? `. It began ${duration(early)} before the tap had the delivery: the two clocks differ, or the tap was later.`
          : null}
      </p>
    </div>
  );
}
