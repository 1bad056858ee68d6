'use client';
import { type FormEvent, useEffect, useState } from 'react';
import type { SessionAnswer } from '@/lib/model/api';
import type { Problem as ProblemShape } from '@/lib/model/errors';
import { call, problemOf } from '../_live/api';
import { Button } from '../_ui/Button';
import { Input, Labelled } from '../_ui/Field';
import { Problem } from '../_ui/Problem';
import styles from './sign-in.module.css';

type Phase = 'asking' | 'form' | 'signing in' | 'in';

/**
 * asking ──signed in already, or automatic──▶ in (leaves for `next`)
 *   └──no──▶ form ──submit──▶ signing in ──▶ in, or back to form with the problem in words
 *
 * After a sign-out it does not sign in by itself again: who left wants to be out.
 */
export function SignIn({ next, signedOut }: { next: string; signedOut: boolean }) {
  const [phase, setPhase] = useState<Phase>('asking');
  const [problem, setProblem] = useState<ProblemShape | null>(null);
  const [automatic, setAutomatic] = useState(false);

  useEffect(() => {
    const gone = new AbortController();
    const ask = async () => {
      const answer = await call<SessionAnswer>('/api/session', { signal: gone.signal });
      setAutomatic(answer.autoSignIn);
      if (answer.session) return enter();
      if (!answer.autoSignIn || signedOut) return setPhase('form');
      await call<SessionAnswer>('/api/session', {
        method: 'POST',
        body: { auto: true },
        signal: gone.signal,
      });
      enter();
    };
    const enter = () => {
      if (gone.signal.aborted) return;
      setPhase('in');
      // a full load: nothing of an earlier user's cache may stay
      location.replace(next);
    };
    ask().catch((error: unknown) => {
      if (gone.signal.aborted) return;
      setProblem(problemOf(error));
      setPhase('form');
    });
    return () => gone.abort();
  }, [next, signedOut]);

  const signIn = async (body: { user: string; password: string } | { auto: true }) => {
    setPhase('signing in');
    setProblem(null);
    try {
      await call<SessionAnswer>('/api/session', { method: 'POST', body });
      setPhase('in');
      location.replace(next);
    } catch (error) {
      setProblem(problemOf(error));
      setPhase('form');
    }
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void signIn({ user: String(form.get('user') ?? ''), password: String(form.get('password') ?? '') });
  };

  if (phase === 'asking' || phase === 'in')
    return <p role="status">{phase === 'in' ? 'Signed in.' : 'One moment…'}</p>;
  return (
    <form className={styles.form} onSubmit={submit}>
      <p>
        {signedOut && !problem ? 'You are signed out. ' : ''}
        Use your RabbitMQ user: what you see and may do here is what the broker allows you.
      </p>
      {problem ? <Problem problem={problem} /> : null}
      <Labelled label="User">
        {(ids) => (
          <Input
            {...ids}
            name="user"
            autoComplete="username"
            required
            maxLength={255}
            autoCapitalize="none"
          />
        )}
      </Labelled>
      <Labelled label="Password">
        {(ids) => (
          <Input {...ids} name="password" type="password" autoComplete="current-password" maxLength={1024} />
        )}
      </Labelled>
      <div className="row">
        <Button look="primary" type="submit" busy={phase === 'signing in'}>
          Sign in
        </Button>
        {automatic ? (
          <Button busy={phase === 'signing in'} onClick={() => void signIn({ auto: true })}>
            Sign in as this machine’s user
          </Button>
        ) : null}
      </div>
    </form>
  );
}
