import type { ReactNode } from 'react';
import { cx } from '@/app/_ui/cx';
import { Glyph } from '@/app/_ui/Glyph';
import { Panel } from '@/app/_ui/Panel';
import { Unknown } from '@/app/_ui/Unknown';
import type { Missing } from '@/lib/model/broker';
import { unreadOf } from './missing-words';
import styles from './not-read.module.css';

/** What could not be read and how to mend it: without it the figures beside it would seem complete. */
export function NotRead({
  missing,
  only,
  className,
}: {
  missing: readonly Missing[];
  /** Of these parts alone; absent: all. */
  only?: readonly string[];
  className?: string | undefined;
}) {
  const shown = unreadOf(only ? missing.filter((m) => only.includes(m.what)) : missing);
  if (shown.length === 0) return null;
  return (
    <Panel title="Could not be read" count={shown.length} className={className}>
      <ul>
        {shown.map((m) => (
          <li key={m.what} className={cx('li', styles.line)}>
            <Glyph hop="unknown" />
            <span className={styles.words}>
              <b>{m.what}</b>: {m.why} <Mend words={m.mend} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** A command, and what stands in backticks, in monospace: it can be told from a sentence and be copied whole. */
export function Mend({ words }: { words: string }): ReactNode {
  if (/^rabbitmq(ctl|-plugins) /.test(words)) return <code className="mono t1">{words}</code>;
  return words.split('`').map((part, i) =>
    i % 2 === 1 ? (
      <code key={part} className="mono t1">
        {part}
      </code>
    ) : (
      part
    ),
  );
}

/** Why a list is empty that could not be read: `none` is what to say when it is truly empty. */
export function EmptyOrUnread({
  missing,
  what,
  none,
}: {
  missing: readonly Missing[];
  what: string;
  none: ReactNode;
}) {
  const [found] = unreadOf(missing.filter((m) => m.what === what));
  if (!found) return none;
  return (
    <span className={styles.words}>
      <Unknown reason={found.why} /> {found.why} <Mend words={found.mend} />
    </span>
  );
}
