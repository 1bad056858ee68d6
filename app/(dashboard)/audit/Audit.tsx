'use client';
import { useMemo } from 'react';
import { useApi } from '@/app/_live/query';
import { useUrlState } from '@/app/_live/scope';
import { Button, ButtonLink } from '@/app/_ui/Button';
import { useNow } from '@/app/_ui/clock';
import { cx } from '@/app/_ui/cx';
import { Empty } from '@/app/_ui/Empty';
import { counted } from '@/app/_ui/format';
import { later } from '@/app/_ui/later';
import { Menu } from '@/app/_ui/Menu';
import { Panel } from '@/app/_ui/Panel';
import { Problem } from '@/app/_ui/Problem';
import { SearchField } from '@/app/_ui/SearchField';
import { Select } from '@/app/_ui/Select';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import type { AuditList } from '@/lib/model/audit';
import { keptTime, whenOf } from '../_parts/find/filter-times';
import { TimeRange } from '../_parts/find/TimeRange';
import { Loaded } from '../_parts/Loaded';
import { ActTable } from './ActTable';
import styles from './audit.module.css';
import { Chain } from './Chain';
import { useActs } from './use-acts';

const EntrySheet = later(async () => (await import('./EntrySheet')).EntrySheet);

const FILTERS = ['q', 'by', 'kind', 'from', 'to'] as const;
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
  return (
    <>
      <div className="pagehead">
        <h1>Audit</h1>
        <span className="t3 wide">who did what, when, to how many, with what result</span>
        <span className="grow" />
        <Exports query={query} />
      </div>
      <Filters params={params} setParams={setParams} list={acts.state.data} />
      <Loaded
        state={acts.state}
        skeleton={
          <Panel label="Acts">
            <SkeletonRows rows={12} label="Reading the audit log" />
          </Panel>
        }
      >
        {(data) => <Shown data={data} acts={acts} params={params} setParams={setParams} />}
      </Loaded>
    </>
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

function Filters({
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
    <div className={styles.filters}>
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
    </div>
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

/** One that the list does not show: from a link, or further back. */
function useEntry(number: number | null) {
  const url = number === null ? null : `/api/audit?before=${number + 1}&limit=1`;
  const [found] = useApi<AuditList>(['audit', 'entry', number], url).data?.entries ?? [];
  return number !== null && found?.number === number ? found : undefined;
}

function Shown({
  data,
  acts,
  params,
  setParams,
}: {
  data: AuditList;
  acts: ReturnType<typeof useActs>;
  params: Url[0];
  setParams: Url[1];
}) {
  const { entries, state, more, still, busy, problem } = acts;
  const filtered = FILTERS.some((name) => params.get(name));
  const number = Number(params.get('entry'));
  const listed = entries.find((e) => e.number === number);
  const open = useEntry(number > 0 && !listed ? number : null) ?? listed;
  const close = () => setParams({ entry: null });
  return (
    <>
      <Chain chain={data.chain} />
      <Panel label="Acts">
        {entries.length > 0 ? (
          <ActTable
            entries={entries}
            view={state.previous ? `before ${params}` : FILTERS.map((n) => params.get(n)).join('\n')}
            selected={open?.id ?? null}
            onOpen={(entry) => setParams({ entry: String(entry.number) }, { push: true })}
            stale={state.previous}
          />
        ) : filtered || more ? (
          <Empty
            title="No act fits"
            action={
              <Button onClick={() => setParams({ q: null, by: null, kind: null, from: null, to: null })}>
                Show all acts
              </Button>
            }
          >
            {more
              ? 'None of the latest that you may see fits; older ones were not looked at yet.'
              : 'The filter leaves none of the acts that you may see.'}
          </Empty>
        ) : (
          <Empty title="Nobody has done anything yet">
            Publishing, replaying, moving and deleting messages, switching taps, changing what is captured:
            each stands here before it happens, with who did it and how it ended. Who is no administrator sees
            what they did, and what was done to queues that they may read.
          </Empty>
        )}
      </Panel>
      <div className={cx('row s t3', styles.foot)}>
        {more ? (
          <Button small busy={busy} onClick={more}>
            Show older
          </Button>
        ) : null}
        {problem ? <Problem problem={problem} quiet /> : null}
        <span className="grow" />
        <span>
          {more && !still ? 'the latest ' : ''}
          {counted(entries.length, 'act')}
          {still ? ', not renewed' : ''}
        </span>
        {still ? (
          <Button small onClick={acts.latest}>
            Back to the latest
          </Button>
        ) : null}
      </div>
      {open ? <EntrySheet entry={open} onClose={close} /> : null}
    </>
  );
}
