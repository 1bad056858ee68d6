'use client';
import Link from 'next/link';
import { useMemo } from 'react';
import { useHref, useUrlState } from '@/app/_live/scope';
import { ButtonLink } from '@/app/_ui/Button';
import { Empty } from '@/app/_ui/Empty';
import { Segmented } from '@/app/_ui/Field';
import { count, shortId } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Panel } from '@/app/_ui/Panel';
import { Source } from '@/app/_ui/Source';
import { Time } from '@/app/_ui/Time';
import { type Column, VirtualTable } from '@/app/_ui/VirtualTable';
import type { ReplayJob, ReplayMessage } from '@/lib/model/replay';
import { didNotMakeIt, outcomeHop } from '../../_parts/replay-outcomes';
import styles from './replay.module.css';

/** How every message ended; those that did not make it first. The whole of it is the CSV. */
export function Receipt({ replay, messages }: { replay: ReplayJob; messages: readonly ReplayMessage[] }) {
  const href = useHref();
  const [params, setParams] = useUrlState();
  const all = params.get('show') === 'all';
  const { counts: c } = replay;
  const failed = c.diedAgain + c.returned + c.skipped + c.unknown;
  const rows = all ? messages : messages.filter((m) => didNotMakeIt(m.outcome) || m.possiblyDuplicated);
  const total = all ? c.selected : failed;
  const columns = useMemo(
    (): Column<ReplayMessage>[] => [
      { id: 'outcome', head: 'Outcome', width: 128, cell: (m) => <Outcome message={m} /> },
      { id: 'at', head: 'At', width: 84, hideBelow: 520, cell: (m) => <Time at={m.at} /> },
      {
        id: 'message',
        head: 'Message',
        width: 160,
        cell: (m) => (
          <Link
            className="name mono"
            href={href(`/journeys/${encodeURIComponent(m.journey)}`)}
            title={m.ids.messageId ?? m.journey}
          >
            {shortId(m.ids.messageId ?? m.ids.traceId ?? m.journey.slice(m.journey.indexOf(':') + 1))}
          </Link>
        ),
      },
      {
        id: 'to',
        head: 'To',
        width: 140,
        hideBelow: 760,
        cell: (m) => <span className="mono cut">{m.routingKey || '–'}</span>,
      },
      {
        id: 'attempt',
        head: 'Replay',
        width: 64,
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
        cell: (m) =>
          m.outcome === 'unknown' || m.outcome === 'waiting' || m.outcome === 'sending' ? (
            <span className="t3">–</span>
          ) : (
            <Source kind="observed" how={sourceOf(m)} />
          ),
      },
    ],
    [href],
  );
  return (
    <Panel
      title={all ? 'All outcomes' : 'Did not make it'}
      count={count(total)}
      hint={rows.length < total ? `the first ${count(rows.length)}` : undefined}
      more={
        <>
          <Segmented
            label="Which messages"
            value={all ? 'all' : 'failed'}
            onChange={(show) => setParams({ show: show === 'all' ? 'all' : null })}
            options={[
              { value: 'failed', label: 'Did not make it' },
              { value: 'all', label: 'All' },
            ]}
          />
          <span className="wide">
            <ButtonLink
              small
              look="quiet"
              icon="download"
              download
              href={`/api/replays/${encodeURIComponent(replay.id)}/receipt`}
            >
              {replay.state === 'running' ? 'CSV so far' : 'CSV'}
            </ButtonLink>
          </span>
        </>
      }
    >
      {rows.length === 0 ? (
        <Empty title={all ? 'No message yet' : replay.state === 'running' ? 'None so far' : 'None'} level={3}>
          {all
            ? 'Rows appear as messages are read.'
            : 'Messages stand here that no queue took, that cannot be moved, that died again, or of which nobody can say.'}
        </Empty>
      ) : (
        <VirtualTable
          label={all ? 'All outcomes' : 'Messages that did not make it'}
          columns={columns}
          rows={rows}
          keyOf={(m) => String(m.seq)}
          hold={all ? 'all' : 'failed'}
          phoneHeight={60}
          phone={(m) => (
            <span className={styles.phoneRow}>
              <span className="row">
                <Outcome message={m} />
                <span className="mono cut grow">{shortId(m.ids.messageId ?? m.deadLetterId)}</span>
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
      )}
    </Panel>
  );
}

function Outcome({ message }: { message: ReplayMessage }) {
  const hop = outcomeHop(message.outcome);
  return (
    <span className={`row ink ${hop}`}>
      <Glyph hop={hop} />
      <span className="nw">{message.outcome}</span>
    </span>
  );
}

function Reason({ message }: { message: ReplayMessage }) {
  const words = [message.reason, message.possiblyDuplicated ? 'Possibly sent twice.' : null]
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

function sourceOf(message: ReplayMessage): string {
  if (message.outcome === 'settled') return 'a span of its consumer';
  if (message.outcome === 'delivered' || message.outcome === 'died again') return 'the tap saw the copy';
  return "the broker's answer to the publish";
}
