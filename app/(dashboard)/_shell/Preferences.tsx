'use client';
import { useEffect, useState } from 'react';
import { useAct, useApi } from '@/app/_live/query';
import { Button } from '@/app/_ui/Button';
import { Problem } from '@/app/_ui/Problem';
import { Segmented } from '@/app/_ui/Segmented';
import { pinTheme, type Theme, themeOf, themes } from '@/app/_ui/theme';
import type { SessionAnswer } from '@/lib/model/api';
import styles from './shell.module.css';

const options = themes.map((value) => ({ value, label: value.charAt(0).toUpperCase() + value.slice(1) }));

/** Who is signed in, the theme, the way out. */
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
