'use client';
import { Glyph } from '@/app/_ui/Glyph';
import { Panel } from '@/app/_ui/Panel';
import { Time, TimeAgo } from '@/app/_ui/Time';
import type { GoneConsumer } from '@/lib/model/broker';
import { connectionOf, consumerKey } from './consumer-words';
import styles from './consumers.module.css';
import { QueueName } from './QueueName';

/** Consumers that were there and are not any more: when, how, and the likely cause in words. */
export function GoneList({ gone, showQueue }: { gone: readonly GoneConsumer[]; showQueue: boolean }) {
  if (gone.length === 0) return null;
  return (
    <Panel title="Went away" count={gone.length} className={styles.gap}>
      <ul>
        {gone.map((c) => (
          <li key={`${consumerKey(c)} ${c.goneAt}`} className={`li ${styles.gone}`}>
            <Glyph hop="unknown" />
            <span className="s t3 nw">
              <Time at={c.goneAt} />
            </span>
            <span className={styles.who}>
              <span className="mono t1">{connectionOf(c)}</span>{' '}
              {showQueue ? (
                <>
                  left <QueueName vhost={c.vhost} name={c.queue} />
                </>
              ) : (
                <>
                  tag <span className="mono">{c.tag}</span>
                </>
              )}
              . {c.reason}
            </span>
            <span className="s t3 nw">
              <TimeAgo at={c.goneAt} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
