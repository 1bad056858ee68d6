'use client';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { Button, type ButtonProps } from './Button';
import { cx } from './cx';
import styles from './Menu.module.css';

/**
 * A button that opens a popover (the browser's own: Esc and a click outside close it) below itself.
 * `children` may be anything; `close` shuts it after a choice.
 */
export function Menu({
  label,
  button,
  align = 'end',
  width,
  className,
  lazy = false,
  children,
}: {
  /** What the popover holds, for screen readers. */
  label: string;
  button: Omit<ButtonProps, 'onClick'>;
  align?: 'start' | 'end';
  width?: number;
  className?: string;
  /** What it holds is made when it opens: for what would be made anew at each reading. */
  lazy?: boolean;
  children: ReactNode | ((close: () => void) => ReactNode);
}) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const anchor = useRef<HTMLSpanElement>(null);
  const [open, setOpen] = useState(false);
  const close = () => box.current?.hidePopover();
  /** The popover lives in the top layer, so it is placed against the viewport each time that it opens. */
  const place = () => {
    const at = anchor.current?.getBoundingClientRect();
    const element = box.current;
    if (!at || !element) return;
    const wide = element.offsetWidth;
    const left = align === 'end' ? at.right - wide : at.left;
    element.style.left = `${Math.max(8, Math.min(left, innerWidth - wide - 8))}px`;
    const below = at.bottom + 4;
    const high = element.offsetHeight;
    element.style.top = `${below + high > innerHeight - 8 ? Math.max(8, at.top - high - 4) : below}px`;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: `place` reads what it needs when it is called
  useEffect(() => {
    if (!open || !box.current) return;
    // what it holds may come a moment after it was opened, and may grow
    const observer = new ResizeObserver(place);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [open]);
  return (
    <>
      <span ref={anchor} className={cx(styles.anchor, className)}>
        <Button {...button} popoverTarget={id} />
      </span>
      <div
        ref={box}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        className={styles.menu}
        style={width ? { width } : undefined}
        onToggle={(event) => {
          setOpen(event.newState === 'open');
          if (event.newState === 'open') place();
        }}
      >
        {lazy && !open ? null : typeof children === 'function' ? children(close) : children}
      </div>
    </>
  );
}
