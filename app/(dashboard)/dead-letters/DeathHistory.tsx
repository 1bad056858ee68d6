'use client';
import Link from 'next/link';
import { useHref } from '@/app/_live/scope';
import { useNow } from '@/app/_ui/clock';
import { count } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Time } from '@/app/_ui/Time';
import type { DeadLetter } from '@/lib/model/replay';
import { QueueName } from '../_parts/QueueName';
import styles from './dead-letters.module.css';
import { deathLines, historyWords } from './death-words';

/** Its deaths and replays, oldest first: in a sentence, then one by one. */
export function DeathHistory({ letter, vhost }: { letter: DeadLetter; vhost: string }) {
  const now = useNow() ?? 0;
  const lines = deathLines(letter.deaths, letter.message.headers);
  if (lines.length === 0)
    return (
      <p className={styles.line}>
        It carries no <code>x-death</code>: the broker did not dead-letter it. Somebody published or moved it
        into this queue.
      </p>
    );
  const earlier = lines.filter((l) => l.earlier);
  const rows = (some: typeof lines) =>
    some.map((line) => (
      <li key={`${line.queue} ${line.what} ${line.earlier}`} className={styles.death}>
        <Glyph hop="dead" />
        <span className="grow wrap">
          {line.what} <QueueName vhost={vhost} name={line.queue} />
          <span className="s t3">
            {' '}
            came by{' '}
            <span className="mono">{line.exchange === '' ? 'the default exchange' : line.exchange}</span>
            {line.keys.length > 0 ? (
              <>
                {' '}
                with key <span className="mono">{line.keys.join(', ')}</span>
              </>
            ) : null}
          </span>
        </span>
        <span className="s t3 nw">
          {line.firstAt === null ? 'time not known' : <Time at={line.firstAt} />}
        </span>
        <span className="num nw">{count(line.times)} ×</span>
      </li>
    ));
  return (
    <>
      <p className={styles.history}>{historyWords(lines, letter.replays, now)}</p>
      <ul>
        {rows(earlier)}
        {letter.replays > 0 ? <Replayed letter={letter} /> : null}
        {rows(lines.filter((l) => !l.earlier))}
      </ul>
      {lines.some((line) => line.times > 1) ? (
        <p className={`s t3 ${styles.history}`}>
          The broker keeps one entry for each queue and reason, with the time of the first: when the later
          ones were, its journey may tell.
        </p>
      ) : null}
    </>
  );
}

/** `x-replay-id` is the job's ID, a dot and the place of the message in it. */
function Replayed({ letter }: { letter: DeadLetter }) {
  const href = useHref();
  const { replayId } = letter.ids;
  const job = replayId?.includes('.') ? replayId.slice(0, replayId.lastIndexOf('.')) : null;
  return (
    <li className={styles.death}>
      <Glyph hop="replayed" />
      <span className="grow wrap">
        replayed{' '}
        {job ? (
          <Link className="name mono" href={href(`/replays/${encodeURIComponent(job)}`)}>
            {job}
          </Link>
        ) : (
          'by a job that its headers do not name'
        )}
        {letter.replays > 1 ? <span className="s t3"> the latest of {count(letter.replays)}</span> : null}
      </span>
      <span className="num nw">{count(letter.replays)} ×</span>
    </li>
  );
}
