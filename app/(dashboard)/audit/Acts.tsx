'use client';
import { useApi } from '@/app/_live/query';
import type { useUrlState } from '@/app/_live/scope';
import { Button } from '@/app/_ui/Button';
import { cx } from '@/app/_ui/cx';
import { Empty } from '@/app/_ui/Empty';
import { counted } from '@/app/_ui/format';
import { later } from '@/app/_ui/later';
import { Panel } from '@/app/_ui/Panel';
import { Problem } from '@/app/_ui/Problem';
import type { AuditList } from '@/lib/model/audit';
import { ActTable } from './ActTable';
import styles from './audit.module.css';
import { Chain } from './Chain';
import { FILTERS } from './filters';
import type { useActs } from './use-acts';

const EntrySheet = later(async () => (await import('./EntrySheet')).EntrySheet);

type Url = ReturnType<typeof useUrlState>;

/** One that the list does not show: from a link, or further back. */
function useEntry(number: number | null) {
  const url = number === null ? null : `/api/audit?before=${number + 1}&limit=1`;
  const [found] = useApi<AuditList>(['audit', 'entry', number], url).data?.entries ?? [];
  return number !== null && found?.number === number ? found : undefined;
}

/** What was read, with the chain of its seals above and what to do with it below. */
export function Acts({
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
