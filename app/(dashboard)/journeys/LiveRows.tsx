'use client';
import { useState } from 'react';
import { Button } from '@/app/_ui/Button';
import { cx } from '@/app/_ui/cx';
import { Glyph } from '@/app/_ui/Glyph';
import { Icon } from '@/app/_ui/Icon';
import { Panel } from '@/app/_ui/Panel';
import { Problem } from '@/app/_ui/Problem';
import type { JourneySummary } from '@/lib/model/journey';
import type { Question } from '../_parts/find/question';
import { Note } from './Found';
import styles from './journeys.module.css';
import { Rows } from './Rows';
import { RowsShape } from './RowsShape';
import { MOST_ROWS, rateWords } from './tail-rows';
import type { Tail } from './use-tail';

interface Pause {
  view: string;
  rows: readonly JourneySummary[];
}

/** What comes in, as it comes in: rows stand still under the pointer, or until Resume. */
export function LiveRows({ tail, view, question }: { tail: Tail; view: string; question: Question }) {
  const [pause, setPause] = useState<Pause | null>(null);
  const [held, setHeld] = useState<number | null>(null);
  // another question is another list: what was paused is not its
  const paused = pause?.view === view ? pause : null;
  const rows = paused?.rows ?? tail.rows;
  const waiting = paused ? newIn(tail.rows, paused.rows) : held;
  const rate = rateWords(tail);
  if (tail.problem) return <Problem problem={tail.problem} />;
  return (
    <>
      {tail.note ? <Note words={tail.note} /> : null}
      <div className={cx('row s', styles.live)}>
        <Button
          small
          icon={paused ? 'play' : 'pause'}
          onClick={() => setPause(paused ? null : { view, rows: tail.rows })}
        >
          {paused ? 'Resume' : 'Pause'}
        </Button>
        <span className="row" role="status">
          {waiting === null ? null : (
            <>
              <Icon name="pause" size={14} />
              {paused ? 'paused' : 'held while you point'}
              {waiting > 0 ? `, ${waiting === MOST_ROWS ? `${waiting} or more` : waiting} new` : ''}
            </>
          )}
        </span>
        <span className="grow" />
        {tail.state === 'lost' ? (
          <span className="row">
            <Glyph hop="warn" size={14} />
            the stream broke off; what comes in meanwhile is in the list
          </span>
        ) : rate === null ? (
          <span className="t3">{tail.state === 'open' ? 'nothing comes in now' : 'opening'}</span>
        ) : (
          <span className={cx('row', rate.crowded ? 't1' : 't3')}>
            {rate.crowded ? <Glyph hop="warn" size={14} /> : null}
            {rate.words}
            {rate.crowded ? '; narrow the filter to see all' : ''}
          </span>
        )}
      </div>
      {rows.length === 0 ? (
        tail.state === 'open' ? (
          <Panel label="Journeys" pad>
            <p>
              No message that fits has come in yet. The next one stands here the moment that it is seen; what
              was there before is in the list, without Live.
            </p>
          </Panel>
        ) : (
          <RowsShape />
        )
      ) : (
        <Panel label="Journeys">
          <Rows
            rows={rows}
            view={tail.view}
            question={question}
            onHeld={setHeld}
            stale={tail.view !== view}
          />
        </Panel>
      )}
    </>
  );
}

function newIn(now: readonly JourneySummary[], then: readonly JourneySummary[]): number {
  const known = new Set(then.map((j) => j.id));
  return now.filter((j) => !known.has(j.id)).length;
}
