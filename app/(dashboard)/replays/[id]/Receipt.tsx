'use client';
import { useApi } from '@/app/_live/query';
import { useUrlState } from '@/app/_live/scope';
import { Button, ButtonLink } from '@/app/_ui/Button';
import { Empty } from '@/app/_ui/Empty';
import { count } from '@/app/_ui/format';
import { Panel } from '@/app/_ui/Panel';
import { Problem } from '@/app/_ui/Problem';
import { Select } from '@/app/_ui/Select';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import type { ReceiptPage } from '@/lib/model/api';
import type { ReplayAct, ReplayJob } from '@/lib/model/replay';
import { isOpen } from '../../_parts/replay-outcomes';
import { ReceiptTable } from './ReceiptTable';
import { PAGE, pageWords, rowsUrl, viewOf, viewsOf } from './receipt-views';
import styles from './replay.module.css';

const WHILE_OPEN = 1_000;
/** Copies go on being delivered and settled after the job has ended. */
const AFTERWARDS = 5_000;

/** How every message ended, those that did not make it first; a page at a time. The whole of it is the CSV. */
export function Receipt({ replay }: { replay: ReplayJob }) {
  const [params, setParams] = useUrlState();
  const { counts } = replay;
  const views = viewsOf(counts, replay.request.act);
  const view = viewOf(views, params.get('show'));
  const offset = Math.max(0, Math.floor(Number(params.get('from')) || 0));
  const open = isOpen(replay.state) || replay.state === 'following';
  const state = useApi<ReceiptPage>(
    ['replay-rows', replay.id, view?.key, offset],
    view ? rowsUrl(replay.id, view, offset) : null,
    { every: open ? WHILE_OPEN : AFTERWARDS },
  );
  if (!view) return null;
  const rows = state.data?.messages ?? [];
  const notKnown = replay.request.act === 'replay' ? counts.confirmed + counts.delivered : 0;
  const hint = [
    view.key === 'failed' && notKnown > 0 ? `and ${count(notKnown)} not yet known` : '',
    counts.possiblyDuplicated > 0 && view.key !== 'twice'
      ? `${count(counts.possiblyDuplicated)} possibly sent twice`
      : '',
  ].filter(Boolean);
  return (
    <Panel
      title={view.label}
      count={count(view.count)}
      hint={hint.join(', ') || undefined}
      more={
        <>
          <Select
            quiet
            aria-label="Which outcomes"
            value={view.key}
            onChange={(e) =>
              setParams({ show: e.target.value === 'failed' ? null : e.target.value, from: null })
            }
          >
            {views.map((v) => (
              <option key={v.key} value={v.key}>
                {v.label} {count(v.count)}
              </option>
            ))}
          </Select>
          <span className="wide">
            <ButtonLink
              small
              look="quiet"
              icon="download"
              download
              href={`/api/replays/${encodeURIComponent(replay.id)}/receipt`}
            >
              {open ? 'CSV so far' : 'CSV'}
            </ButtonLink>
          </span>
        </>
      }
    >
      {state.data === undefined ? (
        state.problem ? (
          <Problem problem={state.problem} />
        ) : (
          <SkeletonRows rows={4} label="Reading the receipt" />
        )
      ) : rows.length === 0 ? (
        <Empty title={emptyTitle(view.key, replay.request.act, open, notKnown)} level={3}>
          {view.key === 'failed'
            ? whoStandsHere[replay.request.act]
            : 'Rows appear as messages are read and answered.'}
        </Empty>
      ) : (
        <ReceiptTable label={view.label} rows={rows} hold={`${view.key} ${offset}`} />
      )}
      {offset > 0 || state.data?.next != null ? (
        <nav className={styles.pages} aria-label="Pages of the receipt">
          <span className="t3">{pageWords(offset, rows.length, view.count)}</span>
          <span className="grow" />
          <Button
            small
            icon="left"
            reason={offset === 0 ? 'this is the first page' : undefined}
            onClick={() => setParams({ from: offset > PAGE ? String(offset - PAGE) : null })}
          >
            Before
          </Button>
          <Button
            small
            icon="right"
            reason={state.data?.next == null ? 'this is the last page' : undefined}
            onClick={() => setParams({ from: String(offset + PAGE) })}
          >
            {view.count > offset + PAGE ? `${count(view.count - offset - PAGE)} more` : 'More'}
          </Button>
        </nav>
      ) : null}
    </Panel>
  );
}

const whoStandsHere: Record<ReplayAct, string> = {
  replay:
    'Messages stand here that died again, that no queue took, that cannot be sent, or of which nobody can say.',
  move: 'Messages stand here that no queue took, that cannot be sent, or of which nobody can say.',
  delete: 'Messages stand here that could not be written to the file, or of which nobody can say.',
};

function emptyTitle(key: string, act: ReplayAct, open: boolean, notKnown: number): string {
  if (key !== 'failed') return 'No message here';
  if (open) return 'None so far';
  if (notKnown > 0) return 'None that is known of';
  return act === 'replay' ? 'All made it' : 'None stayed';
}
