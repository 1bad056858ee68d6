'use client';
import Link from 'next/link';
import { useHref } from '@/app/_live/scope';
import { counted } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { stretchWords } from '@/app/_ui/line-chart';
import { Time } from '@/app/_ui/Time';
import type { HistoryMark } from '@/lib/model/history';
import { shapeOf } from './mark-looks';
import type { Past, PastView } from './past';
import styles from './past.module.css';
import { wideEnough } from './past-span';

/** What the signs on the charts stand for, newest first: for the keyboard, and for those who want all words. */
export function PastMarks({ past }: { past: Past }) {
  const { marks, view } = past;
  const count = marks.reduce((sum, m) => sum + m.count, 0);
  if (count === 0) return null;
  return (
    <details className={styles.marks}>
      <summary>
        {counted(count, 'thing')} happened in {view.zoom ? 'this time' : view.words}
        {count > marks.length ? `, shown as ${counted(marks.length, 'mark')}` : ''}
      </summary>
      <ul>
        {marks.toReversed().map((mark) => (
          <Mark key={`${mark.at} ${mark.kind}`} mark={mark} view={view} />
        ))}
      </ul>
    </details>
  );
}

function Mark({ mark, view }: { mark: HistoryMark; view: PastView }) {
  const href = useHref();
  const { at, until, count, kind, words } = mark;
  const closer = wideEnough({
    from: at - Math.max(30_000, until - at),
    to: until + Math.max(30_000, until - at),
  });
  return (
    <li
      onPointerEnter={() => view.light(mark)}
      onPointerLeave={() => view.light(null)}
      onFocus={() => view.light(mark)}
      onBlur={() => view.light(null)}
    >
      <Glyph hop={shapeOf(kind)} size={14} />
      <button
        type="button"
        className={styles.when}
        onClick={() => view.look({ from: Math.floor(closer.from), to: Math.ceil(closer.to) })}
        aria-label={`Look closer at ${stretchWords(at, until)}`}
      >
        <Time at={at} />
      </button>
      <span className={styles.words}>{words}</span>
      {mark.href ? (
        <Link className="link" href={href(mark.href)}>
          Open
        </Link>
      ) : null}
      {count > 1 ? <span className="vh">{count} together</span> : null}
    </li>
  );
}
