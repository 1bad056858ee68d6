'use client';
import { Badge } from '@/app/_ui/Badge';
import { cx } from '@/app/_ui/cx';
import { count } from '@/app/_ui/format';
import { Time } from '@/app/_ui/Time';
import { Unknown } from '@/app/_ui/Unknown';
import { type Column, VirtualTable } from '@/app/_ui/VirtualTable';
import type { AuditEntryView } from '@/lib/model/audit';
import { ActSign } from '../_parts/ActSign';
import { outcomeParts, outcomeShape } from '../_parts/act-view';
import styles from './audit.module.css';
import { manyOf } from './intent-view';

/** What stands where no result was written. */
export const NO_RESULT = 'it still runs, or Hoplight ended before it could write how it ended';

export function Result({ outcome }: { outcome: string | null }) {
  if (outcome === null) return <Unknown word="no result yet" reason={NO_RESULT} />;
  const shape = outcomeShape(outcome);
  const { word, rest } = outcomeParts(outcome);
  if (!shape)
    return (
      <span className="cut" title={outcome}>
        {outcome}
      </span>
    );
  return (
    <span className={cx('row', styles.result)} title={outcome}>
      <Badge hop={shape}>{word}</Badge>
      {rest ? <span className="cut t2">{rest}</span> : null}
    </span>
  );
}

function Many({ entry }: { entry: AuditEntryView }) {
  const many = manyOf(entry);
  if (many !== null) return <>{count(many)}</>;
  return (
    <span className="t3" title="not about a number of messages">
      –
    </span>
  );
}

function What({ entry }: { entry: AuditEntryView }) {
  return (
    <span className={cx('row', styles.what)}>
      <ActSign kind={entry.kind} />
      <span className="cut t1" title={entry.words}>
        {entry.words}
      </span>
    </span>
  );
}

const columns: readonly Column<AuditEntryView>[] = [
  { id: 'at', head: 'When', width: 104, cell: (e) => <Time at={e.at} className="nw" /> },
  { id: 'by', head: 'Who', width: 120, cell: (e) => <b title={e.by}>{e.by}</b> },
  { id: 'what', head: 'What', grow: 2.2, cell: (e) => <What entry={e} /> },
  { id: 'many', head: 'Messages', width: 84, align: 'end', cell: (e) => <Many entry={e} /> },
  { id: 'result', head: 'Result', grow: 1.2, cell: (e) => <Result outcome={e.outcome} /> },
];

export function ActTable({
  entries,
  view,
  selected,
  onOpen,
  stale,
}: {
  entries: readonly AuditEntryView[];
  /** The question that they answer; with another one the list begins anew. */
  view: string;
  selected: string | null;
  onOpen: (entry: AuditEntryView) => void;
  stale: boolean;
}) {
  return (
    <VirtualTable
      label="Acts"
      columns={columns}
      rows={entries}
      keyOf={keyOf}
      onOpen={onOpen}
      selected={selected}
      phone={phoneRow}
      phoneHeight={64}
      hold={view}
      stale={stale}
    />
  );
}

function keyOf(entry: AuditEntryView): string {
  return entry.id;
}

function phoneRow(entry: AuditEntryView) {
  return (
    <div className={styles.phoneRow}>
      <What entry={entry} />
      <span className={cx('row s t3', styles.phoneLine)}>
        <Time at={entry.at} className="nw" />
        <b className="cut">{entry.by}</b>
        <span className="grow" />
        <Result outcome={entry.outcome} />
      </span>
    </div>
  );
}
