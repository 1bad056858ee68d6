'use client';
import { useState } from 'react';
import { Badge } from '@/app/_ui/Badge';
import { Button } from '@/app/_ui/Button';
import { count } from '@/app/_ui/format';
import { Panel } from '@/app/_ui/Panel';
import { Source } from '@/app/_ui/Source';
import { Time, TimeAgo } from '@/app/_ui/Time';
import type { GoneConsumer } from '@/lib/model/broker';
import { ConnectionLink } from './ConsumerSigns';
import { consumerKey, goneLook } from './consumer-words';
import styles from './consumers.module.css';
import { QueueName } from './QueueName';

const FIRST = 20;

/** Consumers that were there and are not any more, newest first: when, why, by whose word, and what to check. */
export function GoneList({ gone, showQueue }: { gone: readonly GoneConsumer[]; showQueue: boolean }) {
  const [all, setAll] = useState(false);
  if (gone.length === 0) return null;
  const shown = all ? gone : gone.slice(0, FIRST);
  return (
    <Panel title="Went away" count={count(gone.length)} className={styles.gap}>
      <ul>
        {shown.map((c, i) => (
          <GoneLine
            key={`${consumerKey(c)} ${c.goneAt}`}
            gone={c}
            showQueue={showQueue}
            showConnection
            told={isToldAbove(c, shown[i - 1])}
          />
        ))}
      </ul>
      {shown.length < gone.length ? (
        <div className={styles.rest}>
          <Button small onClick={() => setAll(true)}>
            Show all {count(gone.length)}
          </Button>
        </div>
      ) : null}
    </Panel>
  );
}

/** A fleet that goes at once goes for one reason: the words stand at the first of it. */
function isToldAbove(c: GoneConsumer, above: GoneConsumer | undefined): boolean {
  return (
    above !== undefined && above.cause === c.cause && above.reason === c.reason && above.check === c.check
  );
}

export function GoneLine({
  gone: c,
  showQueue,
  showConnection,
  told = false,
}: {
  gone: GoneConsumer;
  showQueue: boolean;
  showConnection: boolean;
  /** Its words stand above it. */
  told?: boolean;
}) {
  const { hop, hollow, word } = goneLook(c);
  return (
    <li className={styles.gone}>
      <span className="s t3 nw">
        <Time at={c.goneAt} />
      </span>
      <div className={styles.who}>
        <div className={styles.goneHead}>
          {showConnection ? <ConnectionLink of={c} /> : <span className="mono t1 cut">{c.tag}</span>}
          {showQueue ? (
            <>
              <span className="t3">left</span> <QueueName vhost={c.vhost} name={c.queue} />
            </>
          ) : (
            <span className="mono s t3 cut">{c.tag}</span>
          )}
          <Badge hop={hop} mode={hollow ? 'hollow' : 'solid'}>
            {word}
          </Badge>
          {c.source === 'told' ? (
            <Source kind="observed" how="the broker’s log or events told so" />
          ) : (
            <Source kind="inferred" how="from what was and was not there at two readings" />
          )}
          <span className="grow" />
          <span className="s t3 nw">
            <TimeAgo at={c.goneAt} />
          </span>
        </div>
        {told ? null : <p className="wrap">{c.reason}</p>}
        {c.check && !told ? (
          <p className="wrap">
            <b>Next:</b> {c.check}
          </p>
        ) : null}
      </div>
    </li>
  );
}
