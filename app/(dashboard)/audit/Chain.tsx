'use client';
import { CopyButton } from '@/app/_ui/CopyButton';
import { cx } from '@/app/_ui/cx';
import { count, counted } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import type { AuditList } from '@/lib/model/audit';
import styles from './audit.module.css';

/** Whether every entry is as it was written, in one sentence, with the seal to note elsewhere. */
export function Chain({ chain }: { chain: AuditList['chain'] }) {
  if (chain.state === 'broken')
    return (
      <p className={cx('wrap', styles.chain, styles.broken)} role="alert">
        <Glyph hop="dead" />
        <span className="grow">
          <b>The chain of seals is broken at entry {count(chain.brokenAt ?? 0)}.</b> From there on the log is
          not what Hoplight wrote: an entry was changed, taken out or moved. Compare it with an earlier
          export.
        </span>
      </p>
    );
  if (chain.head === null) return null;
  return (
    <p className={styles.chain}>
      <Glyph hop="settled" />
      <span className={styles.whole}>
        <span>
          The chain is whole: {counted(chain.checked, 'entry', 'entries')}, each sealed with the one before
          it.
        </span>
        <span className={cx('row', styles.seal)}>
          <span className="t3">Head</span>
          <code title={chain.head}>
            {chain.head.slice(0, 8)}…{chain.head.slice(-4)}
          </code>
          <CopyButton text={chain.head} what="the head seal" />
        </span>
      </span>
    </p>
  );
}
