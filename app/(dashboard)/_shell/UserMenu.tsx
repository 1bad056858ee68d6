'use client';
import { useApi } from '@/app/_live/query';
import { later } from '@/app/_ui/later';
import { Menu } from '@/app/_ui/Menu';
import type { SessionAnswer } from '@/lib/model/api';
import styles from './shell.module.css';

/** Who is signed in, the theme, the way out; comes once the page stands. Also in the phone's More. */
export const Preferences = later(() => import('./Preferences').then((m) => m.Preferences));

/** The user's name in the top bar, with its menu. */
export function UserMenu() {
  const session = useApi<SessionAnswer>(['session'], '/api/session');
  const name = session.data?.session?.user;
  return (
    <Menu
      label="You"
      width={220}
      className="wide"
      button={{
        look: 'quiet',
        icon: 'consumers',
        'aria-label': name ? `You: ${name}` : 'You',
        children: <span className={`cut ${styles.user}`}>{name ?? ''}</span>,
      }}
    >
      <Preferences />
    </Menu>
  );
}
