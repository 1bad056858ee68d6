'use client';
import { useState } from 'react';
import { Button } from '@/app/_ui/Button';
import { bytes, count, percent } from '@/app/_ui/format';
import { later } from '@/app/_ui/later';
import { Panel } from '@/app/_ui/Panel';
import { Stat, Stats } from '@/app/_ui/Stat';
import { Time } from '@/app/_ui/Time';
import type { CaptureAnswer } from '@/lib/model/api';
import styles from './status.module.css';
import { NEEDS_ADMINISTRATOR } from './words';

const PurgeDialog = later(async () => (await import('./PurgeDialog')).PurgeDialog);

/** How much is stored and since when; forgetting it begins with a plan. */
export function Store({ data }: { data: CaptureAnswer }) {
  const [open, setOpen] = useState(false);
  const [receipt, setReceipt] = useState<string | null>(null);
  const { store } = data;
  const reason = !data.mayChange ? NEEDS_ADMINISTRATOR : store.facts === 0 ? 'nothing is stored' : undefined;
  return (
    <Panel
      title="Store"
      more={
        <Button small look="danger" reason={reason} onClick={() => setOpen(true)}>
          Forget facts…
        </Button>
      }
    >
      <Stats bare>
        <Stat label="Facts" value={count(store.facts)} />
        <Stat
          label="Size"
          value={bytes(store.bytes)}
          note={`${percent(store.limitBytes > 0 ? store.bytes / store.limitBytes : 0)} of ${bytes(store.limitBytes)}`}
        />
        <Stat label="Oldest" value={store.oldestAt === null ? 'none' : <Time at={store.oldestAt} />} />
      </Stats>
      {receipt ? (
        <p className={styles.foot} role="status">
          {receipt}
        </p>
      ) : null}
      {open ? <PurgeDialog store={store} onClose={() => setOpen(false)} onDone={setReceipt} /> : null}
    </Panel>
  );
}
