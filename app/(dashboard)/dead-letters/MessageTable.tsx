'use client';
import Link from 'next/link';
import { useMemo, useRef } from 'react';
import { useHref } from '@/app/_live/scope';
import { Check } from '@/app/_ui/Check';
import { cx } from '@/app/_ui/cx';
import { bytes, count, shortId } from '@/app/_ui/format';
import { Time } from '@/app/_ui/Time';
import { Unknown } from '@/app/_ui/Unknown';
import { type Column, VirtualTable } from '@/app/_ui/VirtualTable';
import type { LetterFilter } from '@/lib/model/letter-filter';
import type { DeadLetter } from '@/lib/model/replay';
import { reasonWords } from '../_parts/reason';
import { partsOf, partText } from './columns-of';
import styles from './dead-letters.module.css';
import { idOf } from './letter-id';
import { type Choice, isChosen, shownState, toggleMessage, toggleRange, toggleShown } from './selection';

/**
 * The messages that were read, in the queue's own order. A row opens the message, its box chooses it; with Shift the box
 * chooses all from the box before. Space does the same on the active row.
 */
export function MessageTable({
  messages,
  filter,
  choice,
  onChoice,
  selected,
  stale,
  onOpen,
}: {
  messages: readonly DeadLetter[];
  filter: LetterFilter | null;
  choice: Choice;
  onChoice: (choice: Choice) => void;
  selected: string | null;
  stale: boolean;
  onOpen: (id: string) => void;
}) {
  const href = useHref();
  const anchor = useRef<string | null>(null);
  const mark = (letter: DeadLetter, range: boolean) => {
    onChoice(
      range ? toggleRange(choice, messages, anchor.current, letter) : toggleMessage(choice, letter, messages),
    );
    anchor.current = letter.id;
  };
  const marking = useRef(mark);
  marking.current = mark;
  const parts = useMemo(() => partsOf(messages, filter), [messages, filter]);
  const columns = useMemo((): Column<DeadLetter>[] => {
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
        cell: (m) => (
          <Box letter={m} on={isChosen(choice, m)} onMark={(range) => marking.current(m, range)} />
        ),
      },
      {
        id: 'died',
        head: 'Died',
        width: 78,
        cell: (m) =>
          m.diedAt === null ? (
            <Unknown reason={m.deaths.length === 0 ? 'it carries no x-death' : 'its x-death has no time'} />
          ) : (
            <Time at={m.diedAt} />
          ),
      },
      {
        id: 'key',
        head: 'Key',
        width: 116,
        hideBelow: 700,
        cell: (m) =>
          m.routingKey === '' ? (
            <span className="t3">none</span>
          ) : (
            <span className="mono cut" title={m.routingKey}>
              {m.routingKey}
            </span>
          ),
      },
      {
        id: 'message',
        head: 'Message',
        width: 128,
        cell: (m) => (
          <Link
            className="name mono"
            href={href(`/journeys/${encodeURIComponent(m.journey)}`)}
            title={`${idOf(m)}: open its journey`}
          >
            {shortId(idOf(m))}
          </Link>
        ),
      },
      ...parts.map(
        (part, i): Column<DeadLetter> => ({
          id: `${part.kind} ${part.name}`,
          head: (
            <span className="mono cut" title={part.name}>
              {part.name}
            </span>
          ),
          width: 84,
          hideBelow: 560 + i * 130,
          cell: (m) => {
            const text = partText(m, part);
            return text === null ? (
              <span className="t3">–</span>
            ) : (
              <span className="mono cut" title={text}>
                {text}
              </span>
            );
          },
        }),
      ),
      {
        id: 'size',
        head: 'Size',
        width: 64,
        align: 'end',
        hideBelow: 900,
        cell: (m) => bytes(m.message.body.size),
      },
      {
        id: 'attempts',
        head: 'Deaths',
        width: 58,
        align: 'end',
        hideBelow: 820,
        cell: (m) => <span className={cx(m.attempts > 1 && 't1')}>{count(m.attempts)}</span>,
      },
      {
        id: 'replays',
        head: 'Replays',
        width: 64,
        align: 'end',
        hideBelow: 980,
        cell: (m) => <span className={m.replays > 0 ? 'replayed ink' : 'zero'}>{count(m.replays)}</span>,
      },
      { id: 'error', head: 'Why', cell: (m) => <Why letter={m} /> },
    ];
  }, [choice, onChoice, messages, parts, href]);
  return (
    <VirtualTable
      label="Messages"
      columns={columns}
      rows={messages}
      keyOf={keyOf}
      onOpen={(m) => onOpen(m.id)}
      onMark={mark}
      selected={selected}
      stale={stale}
      phoneHeight={60}
      phone={(m) => (
        <span className={styles.phoneRow}>
          <Box letter={m} on={isChosen(choice, m)} onMark={(range) => mark(m, range)} />
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

const keyOf = (letter: DeadLetter) => letter.id;

function Box({ letter, on, onMark }: { letter: DeadLetter; on: boolean; onMark: (range: boolean) => void }) {
  const shift = useRef(false);
  return (
    <span
      className={styles.box}
      onClickCapture={(event) => {
        shift.current = event.shiftKey;
      }}
    >
      <Check
        checked={on}
        onChange={() => onMark(shift.current)}
        label={`Choose message ${letter.position + 1}`}
      />
    </span>
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
