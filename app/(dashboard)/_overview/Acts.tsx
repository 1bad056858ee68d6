'use client';
import Link from 'next/link';
import { useHref } from '@/app/_live/scope';
import { Badge } from '@/app/_ui/Badge';
import { cx } from '@/app/_ui/cx';
import { Panel } from '@/app/_ui/Panel';
import { Time } from '@/app/_ui/Time';
import type { Act } from '@/lib/model/api';
import { ActSign } from '../_parts/ActSign';
import { outcomeShape } from '../_parts/act-view';
import styles from './overview.module.css';

/** Who did what of late through Hoplight, with the result. */
export function Acts({ acts }: { acts: readonly Act[] }) {
  const href = useHref();
  return (
    <Panel title="Recent acts" more="Open the audit log" moreHref={href('/audit')}>
      {acts.length === 0 ? (
        <p className={styles.calm}>Nobody has published, replayed or switched anything here yet.</p>
      ) : (
        <ul>
          {acts.slice(0, 6).map((act) => {
            const outcome = act.outcome ? outcomeShape(act.outcome) : null;
            return (
              <li key={act.id} className={cx('li', styles.act)}>
                <ActSign kind={act.kind} />
                <Time at={act.at} className="s t3 nw" />
                <span className={cx('grow', styles.actWords)}>
                  <b>{act.by}</b>:{' '}
                  {act.href ? (
                    <Link className="link" href={href(act.href)}>
                      {act.words}
                    </Link>
                  ) : (
                    act.words
                  )}
                </span>
                {act.outcome === null ? (
                  <span className="s t3">no result yet</span>
                ) : outcome ? (
                  <Badge hop={outcome} title={act.outcome}>
                    {act.outcome.split(':')[0]}
                  </Badge>
                ) : (
                  <span className="s t3 nw">{act.outcome}</span>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </Panel>
  );
}
