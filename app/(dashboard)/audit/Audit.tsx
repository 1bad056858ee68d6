'use client';
import { useEffect, useMemo } from 'react';
import { useUrlState } from '@/app/_live/scope';
import { ButtonLink } from '@/app/_ui/Button';
import { useNow } from '@/app/_ui/clock';
import { Filters } from '@/app/_ui/Filters';
import { later } from '@/app/_ui/later';
import { Menu } from '@/app/_ui/Menu';
import { Panel } from '@/app/_ui/Panel';
import { SearchField } from '@/app/_ui/SearchField';
import { Select } from '@/app/_ui/Select';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import type { AuditList } from '@/lib/model/audit';
import { keptTime, whenOf } from '../_parts/find/filter-times';
import { TimeRange } from '../_parts/find/TimeRange';
import { Loaded } from '../_parts/Loaded';
import styles from './audit.module.css';
import { FILTERS } from './filters';
import { useActs } from './use-acts';

const Acts = later(async () => (await import('./Acts')).Acts, Shape);

/** A relative time moves on in steps, so that the list is not asked for anew with every tick, ms. */
const STEP = 10_000;

/** Who did what, when, to how many, with what result. The filter and the opened entry live in the URL. */
export function Audit() {
  const [params, setParams] = useUrlState();
  const now = useNow();
  const stepped = now === null ? null : Math.ceil(now / STEP) * STEP;
  const asked = FILTERS.map((name) => params.get(name) ?? '').join('\n');
  const query = useMemo(() => apiQuery(asked.split('\n'), stepped), [asked, stepped]);
  const acts = useActs(query);
  // comes while they are being read
  useEffect(Acts.ahead, []);
  return (
    <>
      <div className="pagehead">
        <h1>Audit</h1>
        <span className="t3 wide">who did what, when, to how many, with what result</span>
        <span className="grow" />
        <Exports query={query} />
      </div>
      <ActFilters params={params} setParams={setParams} list={acts.state.data} />
      <Loaded state={acts.state} skeleton={<Shape />}>
        {(data) => <Acts data={data} acts={acts} params={params} setParams={setParams} />}
      </Loaded>
    </>
  );
}

function Shape() {
  return (
    <Panel label="Acts">
      <SkeletonRows rows={12} label="Reading the audit log" />
    </Panel>
  );
}

/** As the API takes it: times in ms. */
function apiQuery(asked: readonly string[], now: number | null): URLSearchParams {
  const query = new URLSearchParams();
  FILTERS.forEach((name, i) => {
    const value = asked[i] ?? '';
    if (value === '') return;
    const at = name === 'from' || name === 'to' ? whenOf(value, now ?? Date.now()) : null;
    if (name === 'q') query.set('text', value);
    else if (name === 'by' || name === 'kind') query.set(name, value);
    else if (at !== null) query.set(name, String(at));
  });
  return query;
}

type Url = ReturnType<typeof useUrlState>;

function ActFilters({
  params,
  setParams,
  list,
}: {
  params: Url[0];
  setParams: Url[1];
  list: AuditList | undefined;
}) {
  const choice = (name: 'by' | 'kind', all: string, values: readonly string[], label: string) => {
    const now = params.get(name) ?? '';
    return (
      <Select aria-label={label} value={now} onChange={(event) => setParams({ [name]: event.target.value })}>
        <option value="">{all}</option>
        {[...new Set([...values, ...(now ? [now] : [])])].map((value) => (
          <option key={value} value={value}>
            {value}
          </option>
        ))}
      </Select>
    );
  };
  return (
    <Filters>
      <SearchField
        label="Filter acts"
        placeholder="queue, job, message ID, outcome, reason, seal"
        value={params.get('q') ?? ''}
        onChange={(q) => setParams({ q })}
      />
      {choice('by', 'Everybody', list?.users ?? [], 'Who')}
      {choice('kind', 'Every act', list?.kinds ?? [], 'What kind of act')}
      <TimeRange
        from={params.get('from')}
        to={params.get('to')}
        onChange={(from, to) =>
          setParams({ from: from && keptTime(from, Date.now()), to: to && keptTime(to, Date.now()) })
        }
      />
    </Filters>
  );
}

/** Of what the filter lets pass; the file for checking the seals is the whole log. */
function Exports({ query }: { query: URLSearchParams }) {
  const href = (format: string) => `/api/audit/export?${new URLSearchParams([...query, ['format', format]])}`;
  return (
    <Menu label="Export" width={300} button={{ icon: 'download', children: 'Export' }}>
      <div className={styles.exports}>
        <ButtonLink look="quiet" href={href('csv')} download>
          CSV, as filtered
        </ButtonLink>
        <ButtonLink look="quiet" href={href('ndjson')} download>
          NDJSON with seals, as filtered
        </ButtonLink>
        <ButtonLink look="quiet" href="/api/audit/export?format=ndjson" download>
          NDJSON with seals, the whole log
        </ButtonLink>
      </div>
    </Menu>
  );
}
