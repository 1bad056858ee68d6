import Link from 'next/link';
import { queuePath, useHref } from '@/app/_live/scope';
import { cx } from '@/app/_ui/cx';
import { counted } from '@/app/_ui/format';
import type { Fold } from './fold';
import { shorten } from './labels';
import { AXIS, LABELS, type Lane } from './measures';
import styles from './strip.module.css';
import type { StripLayout } from './strip-layout';

/** What is known of a row's queue or exchange beside its name: "quorum, 4 consumers". */
export type RowNotes = ReadonlyMap<string, string>;

/** The names of the lanes; they stay in sight while the strip scrolls. */
export function LaneNames({
  layout,
  folds,
  notes,
  onUnfold,
}: {
  layout: StripLayout;
  folds: readonly Fold[];
  notes: RowNotes;
  onUnfold: () => void;
}) {
  const high = layout.height - AXIS;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing with links in it, no form
    <svg
      className={cx(styles.strip, styles.names)}
      width={LABELS}
      height={high}
      viewBox={`0 ${AXIS} ${LABELS} ${high}`}
      role="group"
      aria-label="Rows of the strip"
    >
      {layout.lanes.map((lane) => {
        const fold = folds.find((f) => f.id === lane.row.id);
        return (
          <g key={lane.row.id}>
            <path className={styles.hair} d={`M0 ${lane.y + lane.height}H${LABELS}`} />
            {fold ? (
              <FoldName fold={fold} lane={lane} onUnfold={onUnfold} />
            ) : (
              <Name lane={lane} note={notes.get(lane.row.id)} />
            )}
          </g>
        );
      })}
      <path className={styles.hair} d={`M${LABELS - 0.5} ${AXIS}V${layout.height}`} />
      <text x={14} y={layout.tapY + 18} className={styles.plain}>
        Tap
      </text>
    </svg>
  );
}

function Name({ lane: { row, mid }, note }: { lane: Lane; note: string | undefined }) {
  const href = useHref();
  const name = row.name === '' ? 'default exchange' : row.name;
  const kind = note ?? (row.kind === 'exchange' ? 'exchange' : 'queue');
  const text = (
    <text x={14} y={mid - 1} className={styles.lane}>
      {shorten(name, LABELS - 28, true)}
    </text>
  );
  return (
    <>
      <title>{`${name}, ${kind}`}</title>
      {row.kind === 'queue' ? <Link href={href(queuePath(row.vhost, row.name))}>{text}</Link> : text}
      <text x={14} y={mid + 15} className={styles.plain}>
        {laneNote(row.deadLetters ? `${kind.split(',')[0]}, dead letters` : kind)}
      </text>
    </>
  );
}

function FoldName({ fold, lane, onUnfold }: { fold: Fold; lane: Lane; onUnfold: () => void }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a part of a drawing
    <g
      role="button"
      tabIndex={0}
      className={styles.unfold}
      aria-label={`Show ${counted(fold.rows.length, 'more queue')}, ${fold.words}`}
      onClick={onUnfold}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onUnfold();
      }}
    >
      <title>{fold.rows.map((r) => r.name).join(', ')}</title>
      <rect
        className={styles.target}
        x={2}
        y={lane.y + 2}
        width={LABELS - 5}
        height={lane.height - 4}
        rx={4}
      />
      <text x={14} y={lane.mid - 1} className={styles.name}>
        and {counted(fold.rows.length, 'more queue')}
      </text>
      <text x={14} y={lane.mid + 15} className={styles.show}>
        show each
      </text>
    </g>
  );
}

/** The note in the label column; where it is too long, its second half, which says more than the type of the queue. */
function laneNote(note: string): string {
  const room = LABELS - 22;
  const fits = shorten(note, room) === note;
  return fits ? note : shorten(note.split(', ')[1] ?? note, room);
}
