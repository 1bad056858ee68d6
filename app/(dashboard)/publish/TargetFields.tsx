'use client';
import { useId } from 'react';
import { Input, Labelled } from '@/app/_ui/Field';
import { Segmented } from '@/app/_ui/Segmented';
import { Select } from '@/app/_ui/Select';
import type { Draft, FieldErrors } from './draft';
import styles from './publish.module.css';

/** Offered at once; a native list of ten thousand names would stall the page. */
const OFFERED = 50;

function offers(names: readonly string[], typed: string): string[] {
  const word = typed.toLowerCase();
  return names.filter((name) => name.toLowerCase().includes(word)).slice(0, OFFERED);
}

/** Where to: a queue, or an exchange with a routing key; both with what there is. */
export function TargetFields({
  draft,
  change,
  errors,
  vhost,
  vhosts,
  queues,
  exchanges,
}: {
  draft: Draft;
  change: (changes: Partial<Draft>) => void;
  errors: FieldErrors;
  vhost: string;
  /** More than one: a choice. */
  vhosts: readonly string[];
  queues: readonly string[];
  exchanges: readonly { name: string; type: string }[];
}) {
  const list = useId();
  const type = exchanges.find((e) => e.name === draft.exchange)?.type;
  return (
    <div className={styles.target}>
      <Segmented
        label="Send to"
        value={draft.to}
        options={[
          { value: 'queue', label: 'Queue' },
          { value: 'exchange', label: 'Exchange' },
        ]}
        onChange={(to) => change({ to })}
      />
      <div className={styles.fields}>
        {vhosts.length > 1 ? (
          <Labelled label="vhost">
            {(ids) => (
              <Select {...ids} mono value={vhost} onChange={(e) => change({ vhost: e.target.value })}>
                {vhosts.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </Select>
            )}
          </Labelled>
        ) : null}
        {draft.to === 'queue' ? (
          <Labelled label="Queue" error={errors.queue}>
            {(ids) => (
              <>
                <Input
                  {...ids}
                  mono
                  list={list}
                  value={draft.queue}
                  autoComplete="off"
                  spellCheck={false}
                  onChange={(e) => change({ queue: e.target.value })}
                />
                <datalist id={list}>
                  {offers(queues, draft.queue).map((name) => (
                    <option key={name} value={name} />
                  ))}
                </datalist>
              </>
            )}
          </Labelled>
        ) : (
          <>
            <Labelled label="Exchange" error={errors.exchange} hint={type ? `${type} exchange` : undefined}>
              {(ids) => (
                <>
                  <Input
                    {...ids}
                    mono
                    list={list}
                    value={draft.exchange}
                    autoComplete="off"
                    spellCheck={false}
                    onChange={(e) => change({ exchange: e.target.value })}
                  />
                  <datalist id={list}>
                    {offers(
                      exchanges.map((e) => e.name),
                      draft.exchange,
                    ).map((name) => (
                      <option key={name} value={name} />
                    ))}
                  </datalist>
                </>
              )}
            </Labelled>
            <Labelled label="Routing key" error={errors.routingKey}>
              {(ids) => (
                <Input
                  {...ids}
                  mono
                  value={draft.routingKey}
                  autoComplete="off"
                  spellCheck={false}
                  onChange={(e) => change({ routingKey: e.target.value })}
                />
              )}
            </Labelled>
          </>
        )}
      </div>
    </div>
  );
}
