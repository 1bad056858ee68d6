import { Glyph } from '@/app/_ui/Glyph';
import { Panel } from '@/app/_ui/Panel';
import type { QueueDetail } from '@/lib/model/api';
import { Details } from './Details';
import styles from './queue.module.css';
import { settingsOf } from './settings';

/** How it was declared, its arguments as they are, how large it is, and what reading its messages would cost. */
export function Declared({ detail }: { detail: QueueDetail }) {
  const { queue, reading } = detail;
  const args = Object.entries(queue.arguments);
  return (
    <Panel title="Declared as">
      <dl className={styles.settings}>
        {settingsOf(queue).map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="wrap">{value}</dd>
          </div>
        ))}
        {args.length > 0 ? (
          <div>
            <dt>Arguments</dt>
            <dd>
              {args.map(([name, value]) => (
                <code key={name} className={styles.argument}>
                  {name}: {JSON.stringify(value)}
                </code>
              ))}
            </dd>
          </div>
        ) : null}
        <Details detail={detail} />
        <div>
          <dt>Reading it</dt>
          <dd className="row">
            {reading.level === 'none' ? null : (
              <Glyph hop={reading.level === 'counts' ? 'warn' : 'unknown'} />
            )}
            <span className="wrap">{reading.words}</span>
          </dd>
        </div>
      </dl>
    </Panel>
  );
}
