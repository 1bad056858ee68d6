'use client';
import { useId } from 'react';
import { cx } from '@/app/_ui/cx';
import { count, counted } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Icon } from '@/app/_ui/Icon';
import { Spark } from '@/app/_ui/Spark';
import { Time } from '@/app/_ui/Time';
import type { Attention } from '@/lib/model/live';
import { queueKey } from '@/lib/model/names';
import { shapeOf, trendHue } from '../_parts/look';
import { QueueName } from '../_parts/QueueName';
import styles from './overview.module.css';
import { alike } from './view';

/** One thing that needs a look, and on demand what follows from it. */
export function LookLine({
  attention: a,
  spark,
  showVhost,
  open,
  onToggle,
}: {
  attention: Attention;
  spark: readonly (number | null)[];
  showVhost: boolean;
  open: boolean;
  onToggle: () => void;
}) {
  const id = useId();
  const symptoms = a.symptoms ?? [];
  return (
    <li className={styles.line}>
      <div className={cx('li', styles.look)}>
        <Glyph hop={shapeOf(a)} />
        {a.queue ? (
          <QueueName vhost={a.vhost} name={a.queue} showVhost={showVhost} className={styles.lookName} />
        ) : (
          <span className={cx('t1 cut', a.node && 'mono', styles.lookName)} title={a.node}>
            {a.node ?? 'broker'}
          </span>
        )}
        <span className={styles.why}>
          {a.words}
          {a.since === null ? null : (
            <span className={cx('s t3', styles.since)}>
              since <Time at={a.since} />
            </span>
          )}
          {symptoms.length === 0 ? null : (
            <button
              type="button"
              className={cx('s', styles.follows)}
              aria-expanded={open}
              aria-controls={open ? id : undefined}
              onClick={onToggle}
            >
              <Icon name={open ? 'down' : 'right'} size={14} />
              {counted(symptoms.length + (a.moreSymptoms ?? 0), 'thing follows', 'things follow')} from it
            </button>
          )}
        </span>
        <span className={styles.trend}>
          {a.level === 'unknown' ? (
            <span className={cx('hatch', styles.hatched)} />
          ) : spark.length > 1 ? (
            <Spark values={spark} hue={trendHue(a)} width={56} height={16} />
          ) : null}
        </span>
        <span className={cx('num t1', styles.figure)}>{a.figure}</span>
      </div>
      {open && symptoms.length > 0 ? <Symptoms id={id} attention={a} showVhost={showVhost} /> : null}
    </li>
  );
}

/** Of those that say the same, the names stand in one row: a node takes hundreds of queues with it. */
const MOST_NAMES = 12;

function Symptoms({ id, attention, showVhost }: { id: string; attention: Attention; showVhost: boolean }) {
  const { symptoms = [], moreSymptoms = 0 } = attention;
  return (
    <ul id={id} className={styles.symptoms} aria-label="What follows from it">
      {alike(symptoms).map(({ words, queues }) => (
        <li key={words}>
          {queues.length > 0 ? (
            <span className={styles.names}>
              {queues.slice(0, MOST_NAMES).map((q) => (
                <QueueName
                  key={queueKey(q.vhost, q.queue)}
                  vhost={q.vhost}
                  name={q.queue}
                  showVhost={showVhost}
                />
              ))}
              {queues.length > MOST_NAMES ? (
                <span className="t3">and {count(queues.length - MOST_NAMES)} more</span>
              ) : null}
            </span>
          ) : null}
          <span>{words}</span>
        </li>
      ))}
      {moreSymptoms > 0 ? <li className="t3">{count(moreSymptoms)} more are marked in Queues.</li> : null}
    </ul>
  );
}
