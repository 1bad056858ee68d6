'use client';
import { useId } from 'react';
import { CopyButton } from '@/app/_ui/CopyButton';
import { count } from '@/app/_ui/format';
import { Sheet } from '@/app/_ui/Sheet';
import { Time } from '@/app/_ui/Time';
import { Unknown } from '@/app/_ui/Unknown';
import type { Consumer, ConsumerRow, GoneConsumer } from '@/lib/model/broker';
import { ConditionBadge, OldestUnacked } from '../_parts/ConsumerSigns';
import { clientOf, conditionWords, connectionOf, consumerKey } from '../_parts/consumer-words';
import { GoneLine } from '../_parts/GoneList';
import { QueueName } from '../_parts/QueueName';
import { Timeline } from '../_parts/Timeline';
import styles from './connection-sheet.module.css';

/** One connection, docked right: whose it is, its consumers and how they do, those that went, and what happened at it. */
export function ConnectionSheet({
  connection,
  consumers,
  gone,
  onClose,
}: {
  /** The broker's name of it. */
  connection: string;
  consumers: readonly ConsumerRow[];
  gone: readonly GoneConsumer[];
  onClose: () => void;
}) {
  const id = useId();
  const its = consumers.filter((c) => c.connection === connection);
  const left = gone.filter((c) => c.connection === connection);
  const known = its[0] ?? left[0] ?? null;
  return (
    <Sheet
      onClose={onClose}
      labelledBy={id}
      head={
        <h1 id={id} className="grow wrap">
          {known ? connectionOf(known) : connection}
        </h1>
      }
    >
      <dl className={styles.facts}>
        <dt>Connection</dt>
        <dd>
          <span className="mono wrap">{connection}</span>{' '}
          <CopyButton text={connection} what="the connection’s name" />
        </dd>
        {known ? <Whose of={known} there={its.length > 0} /> : null}
      </dl>
      <h2>
        Consumers <span className="t3">{count(its.length)}</span>
      </h2>
      {its.length === 0 ? (
        <p>None is there now.</p>
      ) : (
        <ul className={styles.list}>
          {its.map((c) => (
            <One key={consumerKey(c)} row={c} />
          ))}
        </ul>
      )}
      {left.length > 0 ? (
        <>
          <h2>
            Went away <span className="t3">{count(left.length)}</span>
          </h2>
          <ul className={styles.list}>
            {left.map((c) => (
              <GoneLine key={`${consumerKey(c)} ${c.goneAt}`} gone={c} showQueue showConnection={false} />
            ))}
          </ul>
        </>
      ) : null}
      <h2>What happened</h2>
      <div className={styles.list}>
        <Timeline of={{ connection }} />
      </div>
    </Sheet>
  );
}

function Whose({ of, there }: { of: Consumer; there: boolean }) {
  return (
    <>
      <dt>User</dt>
      <dd>{of.user ?? <Unknown reason="the broker did not report it" />}</dd>
      <dt>Client</dt>
      <dd>
        {clientOf(of) === null ? (
          <Unknown reason="the client did not say" />
        ) : (
          [clientOf(of), of.client.platform].filter(Boolean).join(', ')
        )}
      </dd>
      <dt>Connected</dt>
      <dd>
        {of.connectedAt === null ? (
          <Unknown reason="the broker did not report it" />
        ) : (
          <Time at={of.connectedAt} />
        )}
        {there ? null : <span className="t3">, not known to be there now</span>}
      </dd>
    </>
  );
}

function One({ row }: { row: ConsumerRow }) {
  const words = conditionWords(row);
  return (
    <li className={styles.one}>
      <div className={styles.oneHead}>
        <QueueName vhost={row.vhost} name={row.queue} />
        <ConditionBadge row={row} />
        {row.since === null ? null : (
          <span className="s t3 nw">
            since <Time at={row.since} />
          </span>
        )}
      </div>
      {words ? <p className="wrap">{words}</p> : null}
      <p className="s t3">
        channel {row.channel ?? 'unknown'}, tag <span className="mono wrap">{row.tag}</span>,{' '}
        {row.ackRequired
          ? row.prefetch === null
            ? 'prefetch unknown'
            : row.prefetch === 0
              ? 'no prefetch limit'
              : `prefetch ${count(row.prefetch)}`
          : 'without acks'}
        , {row.unacked === null ? 'unacked unknown' : `${count(row.unacked)} unacked`}
        {row.oldestUnacked ? (
          <>
            , the oldest held for <OldestUnacked row={row} />
          </>
        ) : null}
      </p>
    </li>
  );
}
