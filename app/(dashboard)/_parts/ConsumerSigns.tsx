'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useHref, useUrlState, withParams } from '@/app/_live/scope';
import { Badge } from '@/app/_ui/Badge';
import { useNow } from '@/app/_ui/clock';
import { full, since } from '@/app/_ui/format';
import { Unknown } from '@/app/_ui/Unknown';
import type { Consumer, ConsumerRow } from '@/lib/model/broker';
import { conditionWords, connectionOf, lookOf } from './consumer-words';
import styles from './consumers.module.css';

/** How it does, in a word on its tint. */
export function ConditionBadge({ row }: { row: ConsumerRow }) {
  const { hop, hollow, word } = lookOf(row.condition);
  return (
    <Badge hop={hop} mode={hollow ? 'hollow' : 'solid'} title={conditionWords(row)}>
      {word}
    </Badge>
  );
}

/** The badge with its evidence, cut after the second line. */
export function ConditionCell({ row }: { row: ConsumerRow }) {
  const words = conditionWords(row);
  return (
    <span className={styles.condition}>
      <ConditionBadge row={row} />
      {row.words ? (
        <span className={`s t3 ${styles.evidence}`} title={words}>
          {words}
        </span>
      ) : null}
    </span>
  );
}

/** For how long at least its channel has held a message, ticking; the whole bracket on hover. */
export function OldestUnacked({ row }: { row: ConsumerRow }) {
  const now = useNow();
  if (row.unacked === null) return <Unknown reason="the figures of its channel were not read" word="?" />;
  if (row.oldestUnacked === null || now === null) return null;
  const { earliest, latest } = row.oldestUnacked;
  const title =
    earliest === null
      ? `handed to it before ${full(latest)}, when this was read first`
      : `handed to it between ${full(earliest)} and ${full(latest)}`;
  return (
    <span title={title}>
      &gt; {since(Math.max(0, now - latest))}
      <span className="vh">, {title}</span>
    </span>
  );
}

/** What its application calls the connection, as a way to all that is known of it. */
export function ConnectionLink({ of }: { of: Pick<Consumer, 'client' | 'peer' | 'connection'> }) {
  const [, setParams] = useUrlState();
  const here = usePathname() === '/consumers';
  const href = useHref();
  if (of.connection === '') return <Unknown reason="the broker has not named its connection yet" />;
  return (
    <Link
      className="name mono cut"
      href={href(withParams('/consumers', { connection: of.connection }))}
      title={of.connection}
      prefetch={false}
      onClick={(event) => {
        if (!here || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        // the sheet opens over the page as it is
        event.preventDefault();
        setParams({ connection: of.connection }, { push: true });
      }}
    >
      {connectionOf(of)}
    </Link>
  );
}
