'use client';
import { useEffect, useState } from 'react';
import { cx } from '@/app/_ui/cx';
import { Icon } from '@/app/_ui/Icon';
import { later } from '@/app/_ui/later';
import styles from './shell.module.css';

const JumpDialog = later(() => import('./JumpDialog').then((m) => m.JumpDialog));

/** The field of the top bar and, over any page, Ctrl or ⌘ K: go to a queue by name, to a journey by any ID. */
export function Jump() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      setOpen((was) => !was);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  // who presses the keys goes on typing at once
  useEffect(JumpDialog.ahead, []);
  return (
    <>
      <button type="button" className={cx(styles.jump, 'wide')} onClick={() => setOpen(true)}>
        <Icon name="search" />
        <span className="grow cut">Queue, trace ID or message ID</span>
        <kbd>Ctrl K</kbd>
      </button>
      <button
        type="button"
        className={cx(styles.bare, 'phone')}
        aria-label="Search"
        onClick={() => setOpen(true)}
      >
        <Icon name="search" />
      </button>
      {open ? <JumpDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}
