'use client';
import { useRouter } from 'next/navigation';
import { useCallback, useMemo, useState } from 'react';
import { queuePath, useHref, useUrlState, useVhost } from '@/app/_live/scope';
import { Button } from '@/app/_ui/Button';
import { Chip } from '@/app/_ui/Chip';
import { Empty } from '@/app/_ui/Empty';
import { Choices, Filters } from '@/app/_ui/Filters';
import { count, counted } from '@/app/_ui/format';
import { Icon } from '@/app/_ui/Icon';
import { Panel } from '@/app/_ui/Panel';
import { SearchField } from '@/app/_ui/SearchField';
import { VirtualTable } from '@/app/_ui/VirtualTable';
import type { QueueRow } from '@/lib/model/live';
import { queueKey } from '@/lib/model/names';
import { ColumnMenu } from './ColumnMenu';
import { columnsFor, DEFAULT_COLUMNS, parseColumns } from './columns';
import { FilterMenu } from './FilterMenu';
import { QueuePhoneRow } from './QueuePhoneRow';
import {
  countsOf,
  grouped,
  inShow,
  matches,
  parseFilter,
  parseSort,
  type Show,
  shows,
  sorted,
  sortText,
} from './queue-list';

const WORDS: Record<Show, string> = {
  all: 'All',
  look: 'Needs a look',
  'no-consumer': 'No consumer',
  'dead-letters': 'Dead letters',
};

/** The list with all that it can be narrowed and arranged by. */
export function QueuesShown({
  queues,
  stale,
  vhosts,
}: {
  queues: readonly QueueRow[];
  stale: boolean;
  vhosts: number;
}) {
  const router = useRouter();
  const href = useHref();
  const vhost = useVhost();
  const [params, setParams] = useUrlState();
  const [waiting, setWaiting] = useState<number | null>(null);
  const text = params.get('q') ?? '';
  const show = shows.find((s) => s === params.get('show')) ?? 'all';
  const sortParam = params.get('sort');
  const sort = useMemo(() => parseSort(sortParam), [sortParam]);
  const colsParam = params.get('cols');
  const chosen = useMemo(() => parseColumns(colsParam), [colsParam]);
  const showVhost = vhost === null && vhosts > 1;
  const columns = useMemo(() => columnsFor(chosen, showVhost), [chosen, showVhost]);

  const filtered = useMemo(() => {
    const filter = parseFilter(text);
    if (vhost === null && filter.words.length + filter.conditions.length === 0) return queues;
    return queues.filter((q) => (vhost === null || q.vhost === vhost) && matches(q, filter));
  }, [queues, text, vhost]);
  const rows = useMemo(() => {
    const chosen = show === 'all' ? filtered : filtered.filter((q) => inShow(q, show));
    return { groups: grouped(sorted(chosen, sort), sortText(sort) === null) };
  }, [filtered, show, sort]);
  const counts = useMemo(() => countsOf(filtered), [filtered]);
  const shown = rows.groups.reduce((sum, group) => sum + group.rows.length, 0);
  const open = useCallback((q: QueueRow) => router.push(href(queuePath(q.vhost, q.name))), [router, href]);
  const clear = () => setParams({ q: null, show: null, vhost: null });

  return (
    <>
      <div className="pagehead">
        <h1>Queues</h1>
        <span className="t3">
          {shown === queues.length ? count(shown) : `${count(shown)} of ${count(queues.length)}`}
        </span>
        <span className="grow" />
        {waiting === null ? null : (
          <span className="row s" role="status">
            <Icon name="pause" size={14} />
            {waiting === 0
              ? 'held while you point'
              : `${counted(waiting, 'new', 'new')}, held while you point`}
          </span>
        )}
      </div>
      <Filters>
        <SearchField
          label="Filter queues"
          placeholder="name, type:, policy:, dlx:, state:, node:"
          value={text}
          onChange={(q) => setParams({ q })}
          chips={
            vhost === null ? null : (
              <Chip name={`vhost ${vhost}`} onRemove={() => setParams({ vhost: null })}>
                vhost:{vhost}
              </Chip>
            )
          }
        />
        <Choices
          legend="Which queues"
          value={show}
          options={shows.map((value) => ({
            value,
            label: (
              <>
                {WORDS[value]} <span className="t3">{count(counts[value])}</span>
              </>
            ),
          }))}
          onChange={(value) => setParams({ show: value === 'all' ? null : value })}
        />
        <FilterMenu queues={queues} text={text} onChange={(q) => setParams({ q })} />
        <ColumnMenu
          chosen={chosen}
          onChange={(ids) => setParams({ cols: ids.join() === DEFAULT_COLUMNS.join() ? null : ids.join() })}
        />
      </Filters>
      <Panel label="Queues">
        {shown === 0 ? (
          <NoQueues none={queues.length === 0} onClear={clear} />
        ) : (
          <VirtualTable
            label="Queues"
            columns={columns}
            rows={rows}
            keyOf={keyOf}
            sort={sort}
            onSort={(next) => setParams({ sort: sortText(next) })}
            onOpen={open}
            phone={phoneRow}
            phoneHeight={56}
            hold={`${text} ${show} ${sort.by} ${sort.desc} ${vhost}`}
            onHeld={setWaiting}
            stale={stale}
          />
        )}
      </Panel>
    </>
  );
}

function keyOf(queue: QueueRow): string {
  return queueKey(queue.vhost, queue.name);
}

function phoneRow(queue: QueueRow) {
  return <QueuePhoneRow queue={queue} />;
}

function NoQueues({ none, onClear }: { none: boolean; onClear: () => void }) {
  if (!none)
    return (
      <Empty title="No queue fits" action={<Button onClick={onClear}>Show all queues</Button>}>
        The filter, the choice or the vhost leaves none.
      </Empty>
    );
  return (
    <Empty title="There is no queue that you may see">
      A queue stands here as soon as an application declares it, or after{' '}
      <code>rabbitmqadmin declare queue name=hello</code>. A user without the tag <code>monitoring</code> sees
      only the vhosts in which it has rights.
    </Empty>
  );
}
