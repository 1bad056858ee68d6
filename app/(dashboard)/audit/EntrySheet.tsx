'use client';
import { useId } from 'react';
import { useHref } from '@/app/_live/scope';
import { ButtonLink } from '@/app/_ui/Button';
import { CopyButton } from '@/app/_ui/CopyButton';
import { cx } from '@/app/_ui/cx';
import { count, duration } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Sheet } from '@/app/_ui/Sheet';
import { Time } from '@/app/_ui/Time';
import type { AuditEntryView } from '@/lib/model/audit';
import { ActSign } from '../_parts/ActSign';
import { outcomeShape } from '../_parts/act-view';
import { NO_RESULT } from './ActTable';
import styles from './audit.module.css';
import { intentView, type Line, manyOf, type Section } from './intent-view';

/** One act, docked right: what was to be done, by whose word, how it ended, and its seal. */
export function EntrySheet({ entry, onClose }: { entry: AuditEntryView; onClose: () => void }) {
  const id = useId();
  const href = useHref();
  const many = manyOf(entry);
  const raw = JSON.stringify(entry.intent, null, 2);
  return (
    <Sheet
      onClose={onClose}
      labelledBy={id}
      head={
        <>
          <ActSign kind={entry.kind} />
          <h1 id={id} className="grow wrap">
            {entry.words}
          </h1>
        </>
      }
    >
      <dl className={styles.facts}>
        <dt>Who</dt>
        <dd>
          <b>{entry.by}</b>
        </dd>
        <dt>When</dt>
        <dd>
          <Time at={entry.at} ms />
        </dd>
        <dt>Act</dt>
        <dd>
          {entry.kind}
          {many === null ? null : `, ${count(many)} ${many === 1 ? 'message' : 'messages'}`}
        </dd>
        <dt>Result</dt>
        <dd>
          <Ended entry={entry} />
        </dd>
      </dl>
      {entry.href ? (
        <ButtonLink small href={href(entry.href)}>
          {entry.href.startsWith('/replays/') ? 'Open the job' : 'Open where it shows'}
        </ButtonLink>
      ) : null}
      {intentView(entry.intent).map((section) => (
        <Lines key={section.title} section={section} />
      ))}
      <h2>Seal</h2>
      <dl className={styles.facts}>
        <dt>Number</dt>
        <dd>{count(entry.number)}</dd>
        <Seal label="Of the act" seal={entry.seal} none="from before there were seals" />
        <Seal label="Of its result" seal={entry.outcomeSeal} none="no result yet" />
      </dl>
      <details className={styles.raw}>
        <summary>Everything as JSON</summary>
        <CopyButton text={raw} what="the JSON">
          Copy
        </CopyButton>
        <pre>{raw}</pre>
      </details>
    </Sheet>
  );
}

function Ended({ entry: { at, outcome, outcomeAt } }: { entry: AuditEntryView }) {
  if (outcome === null) return <span className="unknown ink">No result yet: {NO_RESULT}.</span>;
  const shape = outcomeShape(outcome);
  return (
    <span className={styles.ended}>
      {shape ? <Glyph hop={shape} /> : null}
      <span className="wrap">
        {outcome}
        {outcomeAt === null ? null : (
          <span className="t3">, after {duration(Math.max(0, outcomeAt - at))}</span>
        )}
      </span>
    </span>
  );
}

function Lines({ section }: { section: Section }) {
  return (
    <>
      <h2>{section.title}</h2>
      <dl className={styles.facts}>
        {section.lines.map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of an entry never change
          <Fact key={i} line={line} again={section.lines[i - 1]?.label === line.label} />
        ))}
      </dl>
    </>
  );
}

/** `again`: under the same label as the line before. */
function Fact({ line, again }: { line: Line; again: boolean }) {
  return (
    <>
      {again ? null : <dt>{line.label}</dt>}
      <dd className={cx('wrap', line.mono && 'mono')}>{line.value}</dd>
    </>
  );
}

function Seal({ label, seal, none }: { label: string; seal: string | null; none: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd className={cx('wrap', seal ? 'mono s' : 't3')}>{seal ?? none}</dd>
    </>
  );
}
