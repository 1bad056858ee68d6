import { cookies, headers } from 'next/headers';
import type { ReactNode } from 'react';
import { EARLY_SCRIPT } from '../_live/early';
import { LiveProvider } from '../_live/LiveProvider';
import { Mark } from '../_ui/Icon';
import { RAIL_COOKIE } from '../_ui/theme';
import { Banner } from './_shell/Banner';
import { Jump } from './_shell/Jump';
import { BottomBar, Rail } from './_shell/Navigation';
import { LiveDot } from './_shell/StatusCorner';
import styles from './_shell/shell.module.css';
import { UserMenu } from './_shell/UserMenu';
import { VhostScope } from './_shell/VhostScope';

/**
 * The shell of every screen: rail, top bar, banner. Who may see what is decided by the API, not here. Before all of it
 * stands the script that opens the live stream (app/_live/early.ts): a constant, let through by the request's nonce.
 * No Suspense around it: React would send what is in it apart, show it up to 300 ms later and take it over last.
 */
export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const closed = (await cookies()).get(RAIL_COOKIE)?.value === 'closed';
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  return (
    <LiveProvider>
      {/* a browser shows the nonce to no one once it has read it: not even to React as it takes over */}
      <script nonce={nonce} suppressHydrationWarning>
        {EARLY_SCRIPT}
      </script>
      <a className={styles.skip} href="#main">
        Skip to the content
      </a>
      <div className={styles.app}>
        <Rail closed={closed} />
        <div>
          <header className={styles.topbar}>
            <span className={styles.phoneBrand}>
              <Mark />
              Hoplight
            </span>
            <span className="wide">
              <VhostScope />
            </span>
            <span className="grow wide" />
            <Jump />
            <LiveDot />
            <UserMenu />
          </header>
          <main className={styles.main} id="main" tabIndex={-1}>
            <Banner />
            {children}
          </main>
        </div>
      </div>
      <BottomBar />
    </LiveProvider>
  );
}
