import Link from 'next/link';
import { type ReactNode, useId } from 'react';
import { cx } from './cx';
import styles from './Panel.module.css';

/**
 * A titled part of a page. One level only: never a panel in a panel.
 * Without `title` it is a bare frame; give `label` then, if it should be found as a region.
 */
export function Panel({
  title,
  count,
  hint,
  more,
  moreHref,
  pad,
  label,
  className,
  children,
}: {
  title?: ReactNode;
  /** Shown after the title in grey, e.g. how many. */
  count?: ReactNode;
  /** Small grey words after the title, e.g. the unit. */
  hint?: ReactNode;
  /** At the right end of the head: words, a link (with `moreHref`) or controls. */
  more?: ReactNode;
  moreHref?: string;
  /** 12 px around the content; lists and tables go without. */
  pad?: boolean;
  label?: string;
  className?: string;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section
      className={cx(styles.panel, className)}
      aria-labelledby={title ? id : undefined}
      aria-label={title ? undefined : label}
    >
      {title ? (
        <div className={styles.head}>
          <h2 id={id}>{title}</h2>
          {count === undefined || count === null ? null : <span className="t3">{count}</span>}
          {hint ? <span className="s t3 cut">{hint}</span> : null}
          {more && moreHref ? (
            <Link className={cx('link', styles.more)} href={moreHref}>
              {more}
            </Link>
          ) : more ? (
            <span className={cx('row', styles.more)}>{more}</span>
          ) : null}
        </div>
      ) : null}
      {pad ? <div className={styles.pad}>{children}</div> : children}
    </section>
  );
}
