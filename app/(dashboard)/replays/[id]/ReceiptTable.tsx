'use client';
import Link from 'next/link';
import { useMemo } from 'react';
import { useHref } from '@/app/_live/scope';
import { count, shortId } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Source } from '@/app/_ui/Source';
import { Time } from '@/app/_ui/Time';
import { type Column, VirtualTable } from '@/app/_ui/VirtualTable';
import type { ReplayMessage } from '@/lib/model/replay';
import { deathWords, outcomeHop, sourceOf } from '../../_parts/replay-outcomes';
import styles from './replay.module.css';

/** By what people know the message: its own ID before one that several share. */
const idOf = ({ ids }: ReplayMessage): string | null => ids.messageId ?? ids.correlationId ?? null;

export function ReceiptTable({
  label,
  rows,
  hold,
}: {
  label: string;
  rows: readonly ReplayMessage[];
  hold: string;
}) {
  const href = useHref();
  const columns = useMemo(
    (): Column<ReplayMessage>[] => [
      { id: 'outcome', head: 'Outcome', width: 120, cell: (m) => <Outcome message={m} /> },
      { id: 'at', head: 'At', width: 84, hideBelow: 520, cell: (m) => <Time at={m.at} /> },
      {
        id: 'journey',
        head: 'Journey',
        width: 136,
        cell: (m) => (
          <Link
            className="name mono cut"
            href={href(`/journeys/${encodeURIComponent(m.journey)}`)}
            title={`The journey ${m.journey}`}
          >
            {shortId(m.ids.traceId ?? m.ids.xTraceId ?? m.journey.slice(m.journey.indexOf(':') + 1))}
          </Link>
        ),
      },
      {
        id: 'message',
        head: 'Message',
        width: 132,
        hideBelow: 700,
        cell: (m) => {
          const id = idOf(m);
          return id === null ? (
            <span className="t3">–</span>
          ) : (
            <span className="mono cut" title={id}>
              {shortId(id)}
            </span>
          );
        },
      },
      {
        id: 'to',
        head: 'To',
        width: 132,
        hideBelow: 960,
        cell: (m) => (
          <span className="mono cut" title={m.exchange === '' ? undefined : `exchange ${m.exchange}`}>
            {m.routingKey || m.exchange || '–'}
          </span>
        ),
      },
      {
        id: 'attempt',
        head: 'Replay',
        width: 60,
        align: 'end',
        hideBelow: 640,
        cell: (m) => count(m.attempt),
      },
      { id: 'reason', head: 'Reason', cell: (m) => <Reason message={m} /> },
      {
        id: 'source',
        head: 'Source',
        width: 92,
        hideBelow: 860,
        cell: (m) => {
          const source = sourceOf(m);
          return source ? <Source kind={source.kind} how={source.how} /> : <span className="t3">–</span>;
        },
      },
    ],
    [href],
  );
  return (
    <VirtualTable
      label={label}
      columns={columns}
      rows={rows}
      keyOf={(m) => String(m.seq)}
      hold={hold}
      phoneHeight={60}
      phone={(m) => (
        <span className={styles.phoneRow}>
          <span className="row">
            <Outcome message={m} />
            <Link className="name mono cut grow" href={href(`/journeys/${encodeURIComponent(m.journey)}`)}>
              {shortId(idOf(m) ?? m.ids.traceId ?? m.deadLetterId)}
            </Link>
            <span className="s t3">
              <Time at={m.at} />
            </span>
          </span>
          <span className="s cut">
            <Reason message={m} />
          </span>
        </span>
      )}
    />
  );
}

function Outcome({ message }: { message: ReplayMessage }) {
  const hop = outcomeHop(message.outcome);
  const source = sourceOf(message);
  return (
    <span className={`row ink ${hop}`}>
      <Glyph hop={hop} mode={source?.kind === 'inferred' ? 'inferred' : 'solid'} />
      <span className="nw">{message.outcome}</span>
    </span>
  );
}

function Reason({ message }: { message: ReplayMessage }) {
  const words = [
    message.reason && deathWords(message.reason),
    message.possiblyDuplicated ? 'Possibly sent twice.' : null,
  ]
    .filter(Boolean)
    .join(' ');
  return words ? (
    <span className="cut t1" title={words}>
      {words}
    </span>
  ) : (
    <span className="t3">–</span>
  );
}
