'use client';
import { cx } from '@/app/_ui/cx';
import { clockMs, counted, duration } from '@/app/_ui/format';
import type { Span } from '@/lib/model/span';
import { spanRows } from '../span-tree';
import styles from './span.module.css';

/** Spans that are drawn; a trace of more belongs into a trace viewer. */
const MOST = 200;
/** Deeper ones stand no further to the right. */
const DEEPEST = 8;

/** Spans as nested bars on one scale; each opens to what its service said of it. */
export function SpanTree({ spans, label }: { spans: readonly Span[]; label: string }) {
  const rows = spanRows(spans);
  return (
    <ul className={styles.tree} aria-label={label}>
      {rows.slice(0, MOST).map(({ span, depth, left, wide }) => {
        const failed = span.status === 'error';
        const took = Math.max(0, span.endAt - span.startAt);
        return (
          <li key={span.spanId}>
            <details className={styles.span}>
              <summary>
                <span
                  className={cx('cut', styles.what)}
                  style={{ paddingLeft: Math.min(depth, DEEPEST) * 14 }}
                  title={`${span.name} ${span.service ?? ''}`}
                >
                  <span className="t1">{span.name === '' ? '(unnamed)' : span.name}</span>{' '}
                  <span className="s t3">{span.service ?? 'service not named'}</span>
                  {failed ? <span className="vh">, failed</span> : null}
                </span>
                <span className={styles.track}>
                  <span
                    className={cx(styles.bar, failed ? 'dead' : 'delivered')}
                    style={{ left: `${left * 100}%`, width: `max(3px, ${Math.min(wide, 1 - left) * 100}%)` }}
                  />
                </span>
                <span className={cx('num s', failed && 'dead ink')}>{duration(took)}</span>
              </summary>
              <Opened span={span} />
            </details>
          </li>
        );
      })}
      {rows.length > MOST ? <li className="t3">and {counted(rows.length - MOST, 'more span')}</li> : null}
    </ul>
  );
}

function Opened({ span }: { span: Span }) {
  const error = [span.exceptionType, span.statusMessage].filter((w) => w !== null).join(': ');
  return (
    <dl className={cx('s', styles.opened)}>
      {error || span.status === 'error' ? (
        <>
          <dt>Error</dt>
          <dd className="dead ink">{error || 'its service said no more'}</dd>
        </>
      ) : null}
      <dt>Began</dt>
      <dd>{clockMs(span.startAt)}, by its own clock</dd>
      <dt>Kind</dt>
      <dd>{span.kind}</dd>
      <dt>Span</dt>
      <dd className="mono">{span.spanId}</dd>
      {span.parentSpanId === null ? null : (
        <>
          <dt>Parent</dt>
          <dd className="mono">{span.parentSpanId}</dd>
        </>
      )}
      {span.links.slice(0, 8).map((link) => (
        <Pair key={`${link.traceId} ${link.spanId}`} name="Link" value={`${link.traceId} ${link.spanId}`} />
      ))}
      {span.attributes.map((attribute, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a name may come twice
        <Pair key={i} name={attribute.name} value={attribute.value} />
      ))}
      {span.cut ? (
        <dd className={styles.cutNote}>More than is kept was sent with it: the rest was cut.</dd>
      ) : null}
    </dl>
  );
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt title={name}>{name}</dt>
      <dd className="mono">{value}</dd>
    </>
  );
}
