'use client';
import { useState } from 'react';
import { useHref } from '@/app/_live/scope';
import { count } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Panel } from '@/app/_ui/Panel';
import type { Attention, QueueRow } from '@/lib/model/live';
import { attentionKey, queueKey } from '@/lib/model/names';
import { LookLine } from './LookLine';
import styles from './overview.module.css';

const MOST = 8;

/** What to look at first, one line a cause, with its reason in full. Full width, because reasons must not be cut. */
export function NeedsALook({
  attention,
  queues,
  showVhost,
}: {
  attention: readonly Attention[];
  queues: readonly QueueRow[];
  showVhost: boolean;
}) {
  const href = useHref();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const sparks = new Map(queues.map((queue) => [queueKey(queue.vhost, queue.name), queue.spark]));
  const toggle = (key: string) =>
    setOpen((was) => {
      const now = new Set(was);
      if (!now.delete(key)) now.add(key);
      return now;
    });
  return (
    <Panel
      title="Needs a look"
      count={count(attention.length)}
      more={attention.length > MOST ? `All ${count(attention.length)} in Queues` : 'Open in Queues'}
      moreHref={href('/queues?show=look')}
      className={styles.gap}
    >
      {attention.length === 0 ? (
        <p className={styles.calm}>
          <Glyph hop="settled" />
          <span>
            <span className="t1">Nothing needs a look.</span> Queues that grow, have no consumer, collect dead
            letters, deliver the same again and again or come to their limit would stand here, and alarms and
            nodes that are down.
          </span>
        </p>
      ) : (
        <ul>
          {attention.slice(0, MOST).map((a) => {
            const key = attentionKey(a);
            return (
              <LookLine
                key={key}
                attention={a}
                spark={sparks.get(queueKey(a.vhost, a.queue)) ?? []}
                showVhost={showVhost}
                open={open.has(key)}
                onToggle={() => toggle(key)}
              />
            );
          })}
        </ul>
      )}
    </Panel>
  );
}
