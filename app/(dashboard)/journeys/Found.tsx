'use client';
import { useEffect, useState } from 'react';
import type { ApiState } from '@/app/_live/query';
import { Button } from '@/app/_ui/Button';
import { cx } from '@/app/_ui/cx';
import { counted } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Icon } from '@/app/_ui/Icon';
import { later } from '@/app/_ui/later';
import { Panel } from '@/app/_ui/Panel';
import { Problem } from '@/app/_ui/Problem';
import { Time } from '@/app/_ui/Time';
import type { JourneyList } from '@/lib/model/api';
import { Loaded } from '../_parts/Loaded';
import styles from './journeys.module.css';
import { Rows } from './Rows';
import { RowsShape } from './RowsShape';
import { useOlder } from './use-older';
import type { Asking } from './use-question';

const NoJourneys = later(() => import('./NoJourneys').then((m) => m.NoJourneys));
const NotFound = later(() => import('./NotFound').then((m) => m.NotFound));

interface Props {
  list: ApiState<JourneyList>;
  view: string;
  /** The question as the API takes it now. */
  query: () => string;
  asking: Asking;
  /** True while older pages are shown, which are not renewed. */
  onStill: (still: boolean) => void;
}

/** The list: the latest, or what was found, with older pages on demand. */
export function Found(props: Props) {
  return (
    <Loaded state={props.list} skeleton={<RowsShape />}>
      {(data) => <Shown {...props} data={data} />}
    </Loaded>
  );
}

function Shown({ list, data, view, query, asking, onStill }: Props & { data: JourneyList }) {
  const [waiting, setWaiting] = useState<number | null>(null);
  const older = useOlder(data, view, query);
  const { rows, more, searchedTo, still, busy, problem } = older;
  useEffect(() => {
    onStill(still);
    return () => onStill(false);
  }, [still, onStill]);
  const { question } = asking;
  const filtered = question.q !== '' || question.conditions.some((c) => c.field !== 'vhost');
  const further = <Further {...{ more, searchedTo, busy }} none={rows.length === 0} />;
  if (rows.length === 0 && !list.previous)
    return filtered || more ? (
      <NotFound asking={asking} note={data.note} searchedTo={searchedTo} further={more ? further : null} />
    ) : (
      <NoJourneys />
    );
  return (
    <>
      {data.note ? <Note words={data.note} /> : null}
      <Panel label="Journeys">
        <Rows
          rows={rows}
          view={list.previous ? `before ${view}` : view}
          question={question}
          onHeld={setWaiting}
          stale={list.previous}
        />
      </Panel>
      <div className={cx('row s t3', styles.foot)}>
        {further}
        {problem ? <Problem problem={problem} quiet /> : null}
        <span className="grow" />
        {still ? (
          <>
            <span>{counted(rows.length, 'journey')}, not renewed</span>
            <Button small onClick={older.latest}>
              Back to the latest
            </Button>
          </>
        ) : waiting === null ? (
          <span>{list.previous ? 'searching' : told(data, filtered)}</span>
        ) : (
          <span className="row" role="status">
            <Icon name="pause" size={14} />
            {waiting === 0 ? 'held while you point' : `${waiting} new, held while you point`}
          </span>
        )}
      </div>
    </>
  );
}

/** What the taps cannot tell. */
export function Note({ words }: { words: string }) {
  return (
    <p className={cx('row wrap', styles.note)}>
      <Glyph hop="warn" />
      {words}
    </p>
  );
}

/** The way to older ones: how far back was looked is said where the search stopped before its end. */
function Further({
  more,
  searchedTo,
  busy,
  none,
}: {
  more: (() => void) | null;
  searchedTo: number | null;
  busy: boolean;
  none: boolean;
}) {
  if (more === null) return searchedTo === null ? null : <LookedBack to={searchedTo} none={none} />;
  return (
    <>
      {searchedTo === null ? null : <LookedBack to={searchedTo} none={none} />}
      <Button small busy={busy} onClick={more}>
        {searchedTo === null ? 'Show older' : 'Look further back'}
      </Button>
    </>
  );
}

function LookedBack({ to, none }: { to: number; none: boolean }) {
  return (
    <span role="status">
      Looked back to <Time at={to} />
      {none ? ', nothing yet.' : '.'}
    </span>
  );
}

function told({ journeys, next }: JourneyList, filtered: boolean): string {
  const n = journeys.length;
  if (next === null) return filtered ? counted(n, 'match', 'matches') : counted(n, 'journey');
  return filtered ? `the latest ${counted(n, 'match', 'matches')}` : `the latest ${n}`;
}
