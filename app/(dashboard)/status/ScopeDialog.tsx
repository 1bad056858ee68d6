'use client';
import { useState } from 'react';
import { useLive } from '@/app/_live/LiveProvider';
import { useAct, useApi } from '@/app/_live/query';
import { Button } from '@/app/_ui/Button';
import { counted } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { PlanDialog, Warnings } from '@/app/_ui/PlanDialog';
import { Problem } from '@/app/_ui/Problem';
import { Segmented } from '@/app/_ui/Segmented';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import type { CaptureAnswer, PublishTargets } from '@/lib/model/api';
import type { TapScope } from '@/lib/model/capture';
import { NameList } from './NameList';
import styles from './status.module.css';
import { type Cost, isWhole, MOST_NAMES, savedBy, savingWords, scopeOf } from './words';

/** Names of queues and exchanges of a vhost; null while they are read. */
function useNames(vhost: string): { exchanges: string[] | null; queues: string[] | null } {
  const live = useLive();
  const url = `/api/publish/targets?vhost=${encodeURIComponent(vhost)}`;
  const { data } = useApi<PublishTargets>(['exchanges', vhost], url);
  return {
    exchanges: data ? ['', ...data.exchanges.map((e) => e.name).filter((name) => name !== '')] : null,
    queues: live
      ? live.queues
          .filter((q) => q.vhost === vhost && !q.name.startsWith('hoplight.'))
          .map((q) => q.name)
          .sort()
      : null,
  };
}

/** What the tap of a vhost listens to, before anything changes. `without`: begins with all that is there but this. */
export function ScopeDialog({
  data,
  vhost,
  without,
  onClose,
}: {
  data: CaptureAnswer;
  vhost: string;
  without?: Cost;
  onClose: () => void;
}) {
  const names = useNames(vhost);
  const now = scopeOf(data.settings, vhost);
  const [mode, setMode] = useState<TapScope['mode']>(
    without || !isWhole(now, data.tapKeys) ? 'chosen' : 'all',
  );
  // null: nobody has ticked anything yet
  const [exchanges, setExchanges] = useState<ReadonlySet<string> | null>(null);
  const [queues, setQueues] = useState<ReadonlySet<string> | null>(null);
  const first = (kind: Cost['kind'], all: readonly string[]) => {
    const from = now?.mode === 'chosen' ? (kind === 'exchange' ? now.exchanges : now.queues) : all;
    return new Set(from.filter((name) => !(without?.kind === kind && without.name === name)));
  };
  const chosen = {
    exchanges: exchanges ?? first('exchange', names.exchanges ?? []),
    queues: queues ?? first('queue', names.queues ?? []),
  };
  const scope: TapScope =
    mode === 'all' ? { mode } : { mode, exchanges: [...chosen.exchanges], queues: [...chosen.queues] };
  // biome-ignore lint/suspicious/noThenProperty: the name of an option, nobody awaits it
  const change = useAct<CaptureAnswer>('/api/capture', { then: [['capture']] });
  const tooMany = chosen.exchanges.size > MOST_NAMES || chosen.queues.size > MOST_NAMES;
  const unread = mode === 'chosen' && (names.exchanges === null || names.queues === null);
  const reason = unread
    ? 'the names are being read'
    : mode === 'chosen' && tooMany
      ? `a scope names at most ${MOST_NAMES} exchanges and ${MOST_NAMES} queues`
      : undefined;

  const go = async () => {
    if (reason || change.busy) return;
    const settings = { ...data.settings, scopes: { ...data.settings.scopes, [vhost]: scope } };
    if (await change.act({ settings })) onClose();
  };
  const verb =
    scope.mode === 'all'
      ? `Listen to all of ${vhost}`
      : `Listen to ${counted(scope.exchanges.length, 'exchange')} and ${counted(scope.queues.length, 'queue')}`;
  return (
    <PlanDialog
      title={`What the tap of ${vhost} hears`}
      hint="nothing is changed yet"
      onClose={onClose}
      onSubmit={() => void go()}
      actions={
        <Button type="submit" look="primary" reason={reason} busy={change.busy}>
          {verb}
        </Button>
      }
    >
      {change.problem ? <Problem problem={change.problem} /> : null}
      <Segmented
        label="Scope"
        value={mode}
        onChange={setMode}
        options={[
          { value: 'all', label: 'Everything' },
          { value: 'chosen', label: 'Chosen names' },
        ]}
      />
      {mode === 'all' ? (
        <p className={styles.lead}>
          Every publish and every delivery of this vhost is copied to Hoplight. On a saturated queue that
          takes about half of what the broker could do without.
        </p>
      ) : (
        <>
          <p className={styles.lead}>
            The broker copies publishes of the chosen exchanges and deliveries of the chosen queues, and
            nothing else. Of what comes now, that <b>{savingWords(savedBy(data.cost, vhost, scope))}</b> of
            this vhost.
          </p>
          <Warnings>
            <li>
              <Glyph hop="warn" mode="hollow" label="to know" />
              <span className="grow wrap">
                Journeys that cross what is left out show a gap from now on. An exchange or queue that is made
                later is not heard until it is chosen here. Deaths are seen all the same, where a dead-letter
                exchange can be tapped.
              </span>
            </li>
          </Warnings>
          {unread ? (
            <SkeletonRows rows={6} label="Reading the names" />
          ) : (
            <>
              <NameList
                title="Publishes of exchanges"
                kind="exchange"
                all={names.exchanges ?? []}
                chosen={chosen.exchanges}
                cost={data.cost.filter((c) => c.vhost === vhost && c.kind === 'exchange')}
                onChange={setExchanges}
              />
              <NameList
                title="Deliveries of queues"
                kind="queue"
                all={names.queues ?? []}
                chosen={chosen.queues}
                cost={data.cost.filter((c) => c.vhost === vhost && c.kind === 'queue')}
                onChange={setQueues}
              />
            </>
          )}
        </>
      )}
    </PlanDialog>
  );
}
