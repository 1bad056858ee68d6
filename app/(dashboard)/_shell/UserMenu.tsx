'use client';
import { useEffect, useState } from 'react';
import { useAct, useApi } from '@/app/_live/query';
import { Button } from '@/app/_ui/Button';
import { Segmented } from '@/app/_ui/Field';
import { Menu } from '@/app/_ui/Menu';
import { Problem } from '@/app/_ui/Problem';
import { pinTheme, type Theme, themeOf, themes } from '@/app/_ui/theme';
import type { SessionAnswer } from '@/lib/model/api';
import styles from './shell.module.css';

const options = themes.map((value) => ({ value, label: value.charAt(0).toUpperCase() + value.slice(1) }));

/** Who is signed in, the theme, the way out. Also in the phone's More. */
export function Preferences() {
  const session = useApi<SessionAnswer>(['session'], '/api/session');
  const [theme, setTheme] = useState<Theme>('system');
  useEffect(() => setTheme(themeOf(document.documentElement.dataset.theme)), []);
  const signOut = useAct<true>('/api/session', { method: 'DELETE' });
  const user = session.data?.session;
  return (
    <div className={styles.preferences}>
      {user ? (
        <p>
          Signed in as <b>{user.user}</b>
          <br />
          <span className="s t3">{user.tags.length > 0 ? user.tags.join(', ') : 'no tags'}</span>
        </p>
      ) : null}
      <Segmented
        label="Theme"
        value={theme}
        options={options}
        onChange={(value) => {
          setTheme(value);
          pinTheme(value);
        }}
      />
      {signOut.problem ? <Problem quiet problem={signOut.problem} /> : null}
      <Button
        busy={signOut.busy}
        onClick={() =>
          void signOut.act(null).then((done) => {
            if (done) location.replace('/sign-in?signed-out=1');
          })
        }
      >
        Sign out
      </Button>
    </div>
  );
}

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
