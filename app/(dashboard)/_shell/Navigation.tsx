'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { type ComponentProps, useState } from 'react';
import { useLive } from '@/app/_live/LiveProvider';
import { useHref } from '@/app/_live/scope';
import { Button } from '@/app/_ui/Button';
import { cx } from '@/app/_ui/cx';
import { count, short } from '@/app/_ui/format';
import { Icon, Mark } from '@/app/_ui/Icon';
import { Menu } from '@/app/_ui/Menu';
import { RAIL_COOKIE, remember } from '@/app/_ui/theme';
import { StatusCorner } from './StatusCorner';
import { SCREENS, screenOf } from './screens';
import styles from './shell.module.css';
import { Preferences } from './UserMenu';
import { VhostScope } from './VhostScope';

/**
 * Asked for ahead only once somebody comes near: of all screens at once, that is sixteen requests in the very moment in
 * which this screen waits for its own figures.
 */
function ScreenLink(props: Omit<ComponentProps<typeof Link>, 'prefetch' | 'onPointerEnter' | 'onFocus'>) {
  const [near, setNear] = useState(false);
  const come = () => setNear(true);
  return <Link {...props} prefetch={near ? null : false} onPointerEnter={come} onFocus={come} />;
}

/** The rail at the left: the screens, the status. `closed` shows icons only; it is remembered. */
export function Rail({ closed: initially }: { closed: boolean }) {
  const [closed, setClosed] = useState(initially);
  const here = screenOf(usePathname());
  const href = useHref();
  const live = useLive();
  const deadLetters = live?.deadLetters ?? null;
  return (
    <nav className={cx(styles.rail, closed && styles.closed)} aria-label="Main">
      <ScreenLink className={styles.brand} href={href('/')} aria-label="Hoplight, Overview">
        <Mark />
        <span className={styles.word}>Hoplight</span>
      </ScreenLink>
      <ul className={styles.nav}>
        {SCREENS.map((screen) => (
          <li key={screen.path}>
            <ScreenLink
              href={href(screen.path)}
              aria-current={screen.path === here ? 'page' : undefined}
              title={closed ? screen.name : undefined}
              aria-label={closed ? screen.name : undefined}
            >
              <Icon name={screen.icon} />
              <span className={styles.word}>{screen.name}</span>
              {screen.path === '/dead-letters' && deadLetters ? (
                <span className={cx(styles.n, live?.freshness === 'live' ? 'dead ink' : 't3')}>
                  {deadLetters < 100_000 ? count(deadLetters) : short(deadLetters)}
                </span>
              ) : null}
            </ScreenLink>
          </li>
        ))}
      </ul>
      <div className={styles.fold}>
        <Button
          look="quiet"
          small
          icon={closed ? 'expand' : 'collapse'}
          aria-label={closed ? 'Widen the navigation' : 'Narrow the navigation'}
          aria-expanded={!closed}
          onClick={() => {
            setClosed(!closed);
            remember(RAIL_COOKIE, closed ? 'open' : 'closed');
          }}
        />
      </div>
      <StatusCorner />
    </nav>
  );
}

/** The bar at the foot of a phone: four screens and the rest behind More. */
export function BottomBar() {
  const here = screenOf(usePathname());
  const href = useHref();
  const behind = SCREENS.filter((s) => !s.phone);
  return (
    <nav className={styles.bottombar} aria-label="Main, phone">
      {SCREENS.filter((s) => s.phone).map((screen) => (
        <ScreenLink
          key={screen.path}
          href={href(screen.path)}
          aria-current={screen.path === here ? 'page' : undefined}
        >
          <Icon name={screen.icon} />
          {screen.short ?? screen.name}
        </ScreenLink>
      ))}
      <Menu
        label="More"
        width={260}
        className={styles.moreAnchor}
        button={{
          look: 'quiet',
          className: cx(styles.moreButton, behind.some((s) => s.path === here) && styles.moreHere),
          children: (
            <>
              <Icon name="more" />
              More
            </>
          ),
        }}
      >
        {(close) => (
          <div className={styles.sheet}>
            <ul className={styles.nav}>
              {behind.map((screen) => (
                <li key={screen.path}>
                  <ScreenLink
                    href={href(screen.path)}
                    aria-current={screen.path === here ? 'page' : undefined}
                    onClick={close}
                  >
                    <Icon name={screen.icon} />
                    {screen.name}
                  </ScreenLink>
                </li>
              ))}
            </ul>
            <VhostScope />
            <Preferences />
          </div>
        )}
      </Menu>
    </nav>
  );
}
