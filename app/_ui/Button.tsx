import Link from 'next/link';
import type { ButtonHTMLAttributes, ReactNode } from 'react';
import styles from './Button.module.css';
import { cx } from './cx';
import { Icon, type IconName } from './Icon';

type Look = 'plain' | 'primary' | 'quiet' | 'danger';

interface Common {
  look?: Look;
  icon?: IconName;
  /** 24 px high, for panel heads and table rows. */
  small?: boolean;
  children?: ReactNode;
}

export interface ButtonProps extends Common, Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  /** Why the act cannot be done now. Disables the button, yet keeps it reachable so that the reason can be read. */
  reason?: string | undefined;
  /** The act runs: the button stays, says so to screen readers and takes no second click. */
  busy?: boolean;
}

/** A verb with its object ("Replay 1,238 messages"). Without children give `aria-label`. */
export function Button({
  look = 'plain',
  icon,
  small,
  reason,
  busy,
  children,
  className,
  onClick,
  ...rest
}: ButtonProps) {
  const off = Boolean(reason) || busy;
  return (
    <button
      type="button"
      {...rest}
      className={cx(styles.btn, styles[look], small && styles.small, !children && styles.bare, className)}
      aria-disabled={off || undefined}
      aria-busy={busy || undefined}
      title={reason ?? rest.title}
      onClick={(event) => {
        if (off) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {icon ? <Icon name={icon} size={14} /> : null}
      {children}
      {reason ? <span className="vh">, not now: {reason}</span> : null}
    </button>
  );
}

/** A link that looks like a button: it goes somewhere (a page, a download), it does not act. */
export function ButtonLink({
  look = 'plain',
  icon,
  small,
  children,
  href,
  download,
  external,
}: Common & { href: string; download?: boolean | string; external?: boolean }) {
  const className = cx(styles.btn, styles[look], small && styles.small);
  const inner = (
    <>
      {icon ? <Icon name={icon} size={14} /> : null}
      {children}
    </>
  );
  if (download !== undefined && download !== false)
    return (
      <a className={className} href={href} download={download}>
        {inner}
      </a>
    );
  if (external)
    return (
      <a className={className} href={href} target="_blank" rel="noreferrer">
        {inner}
      </a>
    );
  return (
    <Link className={className} href={href}>
      {inner}
    </Link>
  );
}
