import { cx } from '@/app/_ui/cx';
import { count, counted } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Unknown } from '@/app/_ui/Unknown';
import type { QueueRow } from '@/lib/model/live';
import { shapeOf } from '../_parts/look';
import { QueueName } from '../_parts/QueueName';
import styles from './queues.module.css';

/** A queue on a phone: name and depth, below them the reason or how it flows. */
export function QueuePhoneRow({ queue }: { queue: QueueRow }) {
  const { attention, consumers } = queue;
  return (
    <div className={styles.phoneRow}>
      {attention ? (
        <Glyph hop={shapeOf(attention)} label="needs a look" />
      ) : (
        <span className={styles.noGlyph} />
      )}
      <QueueName vhost={queue.vhost} name={queue.name} />
      <span className="num t1">
        {queue.total === null ? <Unknown reason={attention?.words ?? 'not reported'} /> : count(queue.total)}
      </span>
      <span
        className={cx(
          's cut',
          attention?.level === 'dead' ? 'dead ink' : attention ? 't1' : 't3',
          styles.below,
        )}
      >
        {attention
          ? attention.words
          : `${queue.type}, ${consumers === null ? 'consumers unknown' : counted(consumers, 'consumer')}, ${
              queue.unacked === null ? 'unacked unknown' : `${count(queue.unacked)} unacked`
            }`}
      </span>
    </div>
  );
}
