import { count } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Panel } from '@/app/_ui/Panel';
import type { DeadLetterList } from '@/lib/model/api';
import { QueueName } from '../_parts/QueueName';
import styles from './dead-letters.module.css';

/** Queues whose dead letters vanish: the broker says nothing, so only the configuration shows it. */
export function LostLetters({ lost }: { lost: DeadLetterList['lost'] }) {
  return (
    <Panel
      title="Dead letters that are lost or go round"
      count={count(lost.length)}
      hint="read from the configuration"
    >
      <ul>
        {lost.map((one) => (
          <li key={`${one.vhost} ${one.queue} ${one.exchange} ${one.words}`} className={styles.lost}>
            <Glyph hop="warn" />
            <span className="grow wrap">
              <QueueName vhost={one.vhost} name={one.queue} /> <span>{one.words}</span>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
