import type { Metadata } from 'next';
import { Mark } from '../_ui/Icon';
import { safeNext } from './next';
import { SignIn } from './SignIn';
import styles from './sign-in.module.css';

export const metadata: Metadata = { title: 'Sign in' };

/** Sign in with a RabbitMQ user. `next` says where to go afterwards. */
export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const params = await searchParams;
  const next = typeof params.next === 'string' ? params.next : null;
  return (
    <main className={styles.page}>
      <div className={styles.box}>
        <h1 className={styles.brand}>
          <Mark size={28} />
          Hoplight
        </h1>
        <SignIn next={safeNext(next)} signedOut={params['signed-out'] !== undefined} />
      </div>
    </main>
  );
}
