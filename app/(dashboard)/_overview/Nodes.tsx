import { cx } from '@/app/_ui/cx';
import { bytes, percent } from '@/app/_ui/format';
import { MeterBar } from '@/app/_ui/Meter';
import { Unknown } from '@/app/_ui/Unknown';
import type { Node } from '@/lib/model/broker';
import styles from './overview.module.css';

/** Each node with the share of its memory limit in use; alarms and silence in words. */
export function Nodes({ nodes }: { nodes: readonly Node[] }) {
  return (
    <ul className={cx(styles.nodes, 's')} aria-label="Nodes">
      {nodes.map((node) => {
        const alarm = node.memoryAlarm || node.diskAlarm;
        const hue = !node.running ? 'dead' : alarm ? 'returned' : 'settled';
        return (
          <li
            key={node.name}
            title={node.diskFree === null ? undefined : `${bytes(node.diskFree)} of disk free`}
          >
            <span className={cx('dot', hue, hue !== 'settled' && 'ring')} />
            <span className="mono t1">{node.name.replace(/^rabbit@/, '')}</span>
            {!node.running ? (
              <span className="dead ink">does not run</span>
            ) : node.memoryUsed === null || !node.memoryLimit ? (
              <Unknown
                reason="this user may not read the node's memory, or the node did not answer"
                word="mem unknown"
              />
            ) : (
              <>
                <span className="t3">mem</span>
                <MeterBar
                  share={node.memoryUsed / node.memoryLimit}
                  label={`Memory of ${node.name}, share of its limit`}
                />
                <span className="t2">{percent(node.memoryUsed / node.memoryLimit)}</span>
              </>
            )}
            {node.memoryAlarm ? <b className="returned ink">memory alarm: publishers are blocked</b> : null}
            {node.diskAlarm ? <b className="returned ink">disk alarm: publishers are blocked</b> : null}
          </li>
        );
      })}
    </ul>
  );
}
