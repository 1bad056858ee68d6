'use client';
import { type FormEvent, useState } from 'react';
import { Button } from '@/app/_ui/Button';
import { Input } from '@/app/_ui/Field';
import { rate as perSecondWords } from '@/app/_ui/format';
import { Menu } from '@/app/_ui/Menu';
import { Problem } from '@/app/_ui/Problem';
import type { ReplayJob } from '@/lib/model/replay';
import { useJobAct } from './Acts';
import styles from './replay.module.css';

/** The rate that holds, as a button that changes it while the job runs. */
export function Pace({ replay }: { replay: ReplayJob }) {
  const { act, busy, problem } = useJobAct(replay);
  const [text, setText] = useState('');
  const wanted = Number(text);
  const isRate = text.trim() !== '' && wanted > 0 && wanted <= 100_000;
  const set = async (rate: number | null, close: () => void) => {
    if (await act({ action: 'pace', rate })) {
      setText('');
      close();
    }
  };
  return (
    <Menu
      label="Change the rate"
      width={264}
      button={{
        small: true,
        look: 'quiet',
        icon: 'edit',
        title: 'Change the rate',
        children: replay.rate === null ? 'as fast as confirms come' : perSecondWords(replay.rate),
      }}
    >
      {(close) => (
        <form
          className={styles.pace}
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            if (isRate) void set(wanted, close);
          }}
        >
          <span className="row">
            <Input
              type="number"
              min={0}
              step="any"
              width={84}
              aria-label="Messages per second at most"
              placeholder={replay.rate === null ? '' : String(replay.rate)}
              value={text}
              onChange={(e) => setText(e.target.value)}
            />
            /s
            <span className="grow" />
            <Button
              type="submit"
              look="primary"
              busy={busy}
              reason={isRate ? undefined : 'a rate is above 0 and at most 100,000 per second'}
            >
              Set the rate
            </Button>
          </span>
          {replay.rate === null ? null : (
            <Button busy={busy} onClick={() => void set(null, close)}>
              As fast as confirms come
            </Button>
          )}
          {problem ? <Problem problem={problem} quiet /> : null}
        </form>
      )}
    </Menu>
  );
}
