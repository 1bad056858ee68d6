import { cx } from '@/app/_ui/cx';
import styles from './status-list.module.css';
import type { StatusLine } from './status-words';

/** Each part of the status in a word and in whole sentences with how to mend it. */
export function StatusList({ lines }: { lines: readonly StatusLine[] }) {
  return (
    <dl className={styles.list}>
      {lines.map((line) => (
        <div key={line.name}>
          <dt className="t1">
            <span className={cx('dot', line.hue !== 'settled' && 'ring', line.hue)} />
            <b>{line.name}</b>
            <span className="grow" />
            <span className="s t3">{line.brief}</span>
          </dt>
          {line.words.map((words) => (
            <dd key={words} className="s t2 wrap">
              {words}
            </dd>
          ))}
        </div>
      ))}
    </dl>
  );
}
