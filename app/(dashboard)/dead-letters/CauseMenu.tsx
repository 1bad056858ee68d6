'use client';
import { useState } from 'react';
import { useAct } from '@/app/_live/query';
import { Button } from '@/app/_ui/Button';
import { Labelled, TextArea } from '@/app/_ui/Field';
import { Menu } from '@/app/_ui/Menu';
import { Problem } from '@/app/_ui/Problem';
import type { CauseNote, CauseNoteAnswer, CauseNoteChange } from '@/lib/model/cause-note';
import type { Cause } from '@/lib/model/death';
import type { DeadLetterQueue } from '@/lib/model/replay';
import { reasonWords } from '../_parts/reason';
import styles from './dead-letters.module.css';
import { isMuted, MUTES } from './mutes';

/** Mutes a cause for a while, or writes down what is known of it. Everybody who may read the queue sees both. */
export function CauseMenu({
  queue,
  cause,
  note,
  onNoted,
}: {
  queue: DeadLetterQueue;
  cause: Cause;
  note: CauseNote | null;
  onNoted: () => void;
}) {
  const [text, setText] = useState<string | null>(null);
  const { act, busy, problem } = useAct<CauseNoteAnswer, CauseNoteChange>('/api/dead-letters/notes', {
    // biome-ignore lint/suspicious/noThenProperty: the option's name; nobody awaits these options
    then: [['dead-letters'], ['overview']],
  });
  const name = `${cause.originQueue || 'no origin'} ${reasonWords(cause.reason)} ${cause.error ?? ''}`.trim();
  const put = async (change: Partial<Pick<CauseNoteChange, 'text' | 'mutedUntil'>>, close: () => void) => {
    const answer = await act({
      vhost: queue.vhost,
      queue: queue.queue,
      cause: cause.key,
      text: note?.text ?? '',
      // a mute that has run out is not renewed by a note
      mutedUntil: isMuted(note, Date.now()) ? (note?.mutedUntil ?? null) : null,
      ...change,
    });
    if (!answer) return;
    setText(null);
    close();
    onNoted();
  };
  return (
    <Menu
      label={`Mute or note: ${name}`}
      width={260}
      button={{
        small: true,
        look: 'quiet',
        icon: 'edit',
        'aria-label': `Mute or note: ${name}`,
        title: 'Mute or note',
      }}
    >
      {(close) => (
        <form
          className={styles.menu}
          onSubmit={(event) => {
            event.preventDefault();
            void put({ text: (text ?? note?.text ?? '').trim() }, close);
          }}
        >
          {isMuted(note, Date.now()) ? (
            <Button look="quiet" busy={busy} onClick={() => void put({ mutedUntil: null }, close)}>
              Unmute
            </Button>
          ) : (
            MUTES.map(({ label, until }) => (
              <Button
                key={label}
                look="quiet"
                busy={busy}
                onClick={() => void put({ mutedUntil: until(Date.now()) }, close)}
              >
                Mute {label}
              </Button>
            ))
          )}
          <Labelled label="Note" hint="For everybody who may read this queue; also in the audit log.">
            {(ids) => (
              <TextArea
                {...ids}
                rows={3}
                maxLength={2_000}
                value={text ?? note?.text ?? ''}
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Labelled>
          {problem ? <Problem quiet problem={problem} /> : null}
          <Button type="submit" busy={busy} reason={text === null ? 'nothing was changed' : undefined}>
            Keep the note
          </Button>
        </form>
      )}
    </Menu>
  );
}
