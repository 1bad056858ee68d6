'use client';
import Link from 'next/link';
import { useMemo } from 'react';
import { useHref } from '@/app/_live/scope';
import { Check } from '@/app/_ui/Check';
import { cx } from '@/app/_ui/cx';
import { bytes, count, shortId } from '@/app/_ui/format';
import { Time } from '@/app/_ui/Time';
import { Unknown } from '@/app/_ui/Unknown';
import { type Column, VirtualTable } from '@/app/_ui/VirtualTable';
import type { DeadLetter } from '@/lib/model/replay';
import { reasonWords } from '../_parts/reason';
import styles from './dead-letters.module.css';
import { type Choice, isChosen, shownState, toggleMessage, toggleShown } from './selection';

/** The messages that were read, in the queue's own order. A row opens the message, its box chooses it. */
export function MessageTable({
  messages,
  choice,
  onChoice,
  selected,
  onOpen,
}: {
  messages: readonly DeadLetter[];
  choice: Choice;
  onChoice: (choice: Choice) => void;
  selected: string | null;
  onOpen: (id: string) => void;
}) {
  const href = useHref();
  const columns = useMemo((): Column<DeadLetter>[] => {
    const box = (m: DeadLetter) => (
      <Check
        checked={isChosen(choice, m)}
        onChange={() => onChoice(toggleMessage(choice, m, messages))}
        label={`Choose message ${m.position + 1}`}
      />
    );
    return [
      {
        id: 'check',
        head: (
          <Check
            checked={shownState(choice, messages)}
            onChange={() => onChoice(toggleShown(choice, messages))}
            label="Choose all that are listed"
          />
        ),
        width: 40,
        cell: box,
      },
      {
        id: 'died',
        head: 'Died',
        width: 88,
        cell: (m) =>
          m.diedAt === null ? <Unknown reason="it carries no x-death" /> : <Time at={m.diedAt} />,
      },
      {
        id: 'key',
        head: 'Key',
        width: 128,
        hideBelow: 620,
        cell: (m) =>
          m.routingKey === '' ? (
            <span className="t3">none</span>
          ) : (
            <span className="mono cut">{m.routingKey}</span>
          ),
      },
      {
        id: 'message',
        head: 'Message',
        width: 132,
        cell: (m) => (
          <Link
            className="name mono"
            href={href(`/journeys/${encodeURIComponent(m.journey)}`)}
            title={idOf(m)}
          >
            {shortId(idOf(m))}
          </Link>
        ),
      },
      {
        id: 'size',
        head: 'Size',
        width: 64,
        align: 'end',
        hideBelow: 560,
        cell: (m) => bytes(m.message.body.size),
      },
      {
        id: 'attempts',
        head: 'Deaths',
        width: 62,
        align: 'end',
        // the reason needs the room: the message's own sheet lists its deaths
        hideBelow: 800,
        cell: (m) => <span className={cx(m.attempts > 1 && 't1')}>{count(m.attempts)}</span>,
      },
      {
        id: 'replays',
        head: 'Replays',
        width: 76,
        align: 'end',
        hideBelow: 900,
        cell: (m) => <span className={m.replays > 0 ? 'replayed ink' : 'zero'}>{count(m.replays)}</span>,
      },
      { id: 'error', head: 'Why', cell: (m) => <Why letter={m} /> },
    ];
  }, [choice, onChoice, messages, href]);
  return (
    <VirtualTable
      label="Messages"
      columns={columns}
      rows={messages}
      keyOf={(m) => m.id}
      onOpen={(m) => onOpen(m.id)}
      selected={selected}
      phoneHeight={60}
      phone={(m) => (
        <span className={styles.phoneRow}>
          <Check
            checked={isChosen(choice, m)}
            onChange={() => onChoice(toggleMessage(choice, m, messages))}
            label={`Choose message ${m.position + 1}`}
          />
          <span className="grow">
            <span className="row">
              <span className="mono t1 cut grow">{shortId(idOf(m))}</span>
              <span className="s t3">{m.diedAt === null ? null : <Time at={m.diedAt} />}</span>
            </span>
            <span className="row s">
              <Why letter={m} />
            </span>
          </span>
        </span>
      )}
    />
  );
}

function Why({ letter }: { letter: DeadLetter }) {
  const words = letter.error ?? (letter.reason ? reasonWords(letter.reason) : 'no x-death');
  return (
    <span className="cut" title={words}>
      <span className="t1">{words}</span> <span className="t3">{letter.originQueue}</span>
    </span>
  );
}

/** The ID by which people know it best; a message without any has the name of its journey, as everywhere. */
export function idOf(letter: DeadLetter): string {
  const { ids } = letter;
  return (
    ids.messageId ??
    ids.correlationId ??
    ids.traceId ??
    ids.xTraceId ??
    letter.journey.slice(letter.journey.indexOf(':') + 1)
  );
}
