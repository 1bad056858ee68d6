'use client';
import { useLive } from '@/app/_live/LiveProvider';
import { useUrlState, useVhost } from '@/app/_live/scope';
import { Select } from '@/app/_ui/Select';
import styles from './shell.module.css';

/** Limits every screen to one vhost. In the URL, so that a link shows others the same. */
export function VhostScope() {
  const live = useLive();
  const vhost = useVhost();
  const [, setParams] = useUrlState();
  const known = live?.vhosts ?? [];
  // a link may name a vhost that the list does not (yet) hold
  const names = vhost && !known.includes(vhost) ? [vhost, ...known] : known;
  return (
    <span className={styles.scope}>
      <span className="t3" aria-hidden="true">
        vhost
      </span>
      <Select
        quiet
        mono={vhost !== null}
        aria-label="vhost"
        value={vhost ?? ''}
        onChange={(event) => setParams({ vhost: event.target.value || null }, { push: true })}
      >
        <option value="">all</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </Select>
    </span>
  );
}
