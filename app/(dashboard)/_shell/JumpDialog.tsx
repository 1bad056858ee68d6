'use client';
import { useRouter } from 'next/navigation';
import { type KeyboardEvent, useId, useState } from 'react';
import { call } from '@/app/_live/api';
import { useLive } from '@/app/_live/LiveProvider';
import { useHref } from '@/app/_live/scope';
import { cx } from '@/app/_ui/cx';
import { Dialog } from '@/app/_ui/Dialog';
import { count } from '@/app/_ui/format';
import { Icon } from '@/app/_ui/Icon';
import type { JourneyList } from '@/lib/model/api';
import { type Goal, goalsFor } from './jump-goals';
import styles from './shell.module.css';

/** One field over a list: what is typed is a part of a queue's name, a screen, or an ID. */
export function JumpDialog({ onClose }: { onClose: () => void }) {
  const id = useId();
  const router = useRouter();
  const href = useHref();
  const live = useLive();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const [busy, setBusy] = useState(false);
  const goals = goalsFor(text, live?.queues ?? []);
  const chosen = goals[Math.min(at, goals.length - 1)];

  const go = async (goal: Goal | undefined) => {
    if (!goal || busy) return;
    let path = goal.path;
    if (goal.kind === 'id') {
      setBusy(true);
      // one match needs no list; when asking fails the list page says why
      const found = await call<JourneyList>(`/api/journeys?q=${encodeURIComponent(goal.text)}&limit=2`).catch(
        () => null,
      );
      const only = found?.journeys.length === 1 ? found.journeys[0] : undefined;
      if (only) path = `/journeys/${encodeURIComponent(only.id)}`;
    }
    onClose();
    router.push(href(path));
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      return void go(chosen);
    }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined || goals.length === 0) return;
    event.preventDefault();
    setAt((Math.min(at, goals.length - 1) + by + goals.length) % goals.length);
  };
  return (
    <Dialog onClose={onClose} name="Jump to a queue or a journey" className={styles.jumpBox}>
      <div className={styles.jumpHead}>
        <Icon name="search" />
        <input
          role="combobox"
          aria-label="Queue name, or any ID of a message"
          aria-expanded={goals.length > 0}
          aria-controls={id}
          aria-activedescendant={chosen ? `${id}-${goals.indexOf(chosen)}` : undefined}
          aria-autocomplete="list"
          placeholder="Queue, trace ID, correlation ID or message ID"
          spellCheck={false}
          autoComplete="off"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={keys}
        />
        <kbd>Esc</kbd>
      </div>
      <div id={id} role="listbox" aria-label="Where to go" className={styles.goals}>
        {goals.map((goal, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above takes the keys
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus
          <div
            key={goal.path}
            id={`${id}-${i}`}
            role="option"
            aria-selected={goal === chosen}
            className={styles.goal}
            onPointerMove={() => setAt(i)}
            onClick={() => void go(goal)}
          >
            <Icon name={goal.icon} />
            <span className={cx('cut', goal.kind !== 'screen' && 'mono', 't1')}>{goal.text}</span>
            <span className="s t3 cut">{goal.kind === 'id' && busy ? 'looking' : goal.hint}</span>
            <span className="grow" />
            {goal.messages === undefined ? null : (
              <span className="s t3 nw">{count(goal.messages)} messages</span>
            )}
          </div>
        ))}
      </div>
      {goals.length === 0 ? <p className={styles.none}>No queue has “{text.trim()}” in its name.</p> : null}
    </Dialog>
  );
}
