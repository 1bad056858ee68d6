import { count, counted } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Panel } from '@/app/_ui/Panel';
import { Stat, Stats } from '@/app/_ui/Stat';
import type { CaptureCounts } from '@/lib/model/live';
import { setAsideReasons } from '@/lib/model/names';
import styles from './status.module.css';
import { reasonWords, sumOf } from './words';

/** The identity in figures and in a sentence: what came = what is stored + what is not, by reason + what is under way. */
export function Whole({
  counts,
  deaf,
}: {
  counts: CaptureCounts;
  /** No tap that the reader may see is on: that nothing was lost says nothing then. */
  deaf: boolean;
}) {
  const sum = sumOf(counts);
  const left = Object.entries(counts.dropped)
    .filter(([, n]) => n > 0)
    .map(([reason, n]) => ({ reason, n, lost: !setAsideReasons.includes(reason) }))
    .sort((a, b) => Number(b.lost) - Number(a.lost) || b.n - a.n);
  const whole = sum.lost === 0 && sum.unaccounted === 0;
  return (
    <Panel title="Is capture whole?" hint="since Hoplight started" className={styles.wide}>
      <p className={styles.verdict}>
        <Glyph hop={sum.unaccounted !== 0 ? 'dead' : whole && !deaf ? 'settled' : 'warn'} />
        <span className="wrap">
          <b>
            {sum.unaccounted !== 0
              ? `No: ${counted(Math.abs(sum.unaccounted), 'event')} cannot be accounted for. Please report this.`
              : deaf
                ? 'Nothing is listened to that you may see: no tap of your vhosts is on, and what passes there goes unseen.'
                : whole
                  ? 'Yes: every event that reached Hoplight is accounted for, and none was lost.'
                  : `Not quite: ${counted(sum.lost, 'event')} of ${count(sum.received)} could not be kept.`}
          </b>{' '}
          What the broker dropped before it reached Hoplight, or while nobody listened, is a dated gap in the
          journeys.
        </span>
      </p>
      <Stats bare>
        <Stat label="Received" value={count(sum.received)} note="= all of these" />
        <Stat label="Stored" hop="settled" value={count(sum.stored)} note="as facts" />
        <Stat label="In memory" hop="waiting" value={count(sum.inMemory)} note="stored in a moment" />
        <Stat label="Set aside" hop="unknown" value={count(sum.aside)} note="on purpose" />
        <Stat
          label="Lost"
          hop={sum.lost > 0 ? 'dead' : 'settled'}
          value={count(sum.lost)}
          note={sum.lost > 0 ? 'by reason below' : 'none'}
        />
      </Stats>
      {left.length > 0 ? (
        <ul className={styles.reasons}>
          {left.map(({ reason, n, lost }) => (
            <li key={reason} className="li">
              <span className={lost ? 'dead ink' : 't1'}>{reason}</span>
              <span className="s t3 grow cut" title={reasonWords(reason)}>
                {reasonWords(reason)}
              </span>
              <span className="num t1">{count(n)}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </Panel>
  );
}
