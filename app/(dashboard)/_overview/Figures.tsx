import { change, count, counted, short } from '@/app/_ui/format';
import type { Hue } from '@/app/_ui/hop';
import { Spark } from '@/app/_ui/Spark';
import { Stat, Stats } from '@/app/_ui/Stat';
import type { Totals } from '@/lib/model/broker';
import type { Point } from '@/lib/model/live';
import { changeOf } from './view';

const RATES: { figure: 'publish' | 'deliver' | 'ack' | 'redeliver'; label: string; hue: Hue }[] = [
  { figure: 'publish', label: 'Publish', hue: 'published' },
  { figure: 'deliver', label: 'Deliver', hue: 'delivered' },
  { figure: 'ack', label: 'Ack', hue: 'settled' },
  { figure: 'redeliver', label: 'Redeliver', hue: 'delivered' },
];

/** The six figures of the broker with their last half hour. `history` is empty where it does not match the scope. */
export function Figures({
  totals,
  unknown,
  history,
  reason,
}: {
  totals: Totals;
  /** Queues that are missing from the sums. */
  unknown: number;
  history: readonly Point[];
  reason: string;
}) {
  const spark = (figure: keyof Omit<Point, 'at'>, hue: Hue) =>
    history.length > 1 ? (
      <Spark values={history.map((p) => p[figure])} hue={hue} width={120} height={22} fluid />
    ) : null;
  const ready = changeOf(history, 'ready');
  return (
    <Stats>
      <Stat
        label="Ready"
        value={totals.ready === null ? null : count(totals.ready)}
        unit={ready === null ? null : <span className="wide">{change(ready)}</span>}
        reason={reason}
        note={unknown > 0 ? `without ${counted(unknown, 'queue')}, unknown` : null}
      >
        {spark('ready', 'waiting')}
      </Stat>
      <Stat label="Unacked" value={totals.unacked === null ? null : count(totals.unacked)} reason={reason}>
        {spark('unacked', 'waiting')}
      </Stat>
      {RATES.map(({ figure, label, hue }) => {
        const value = totals[figure];
        return (
          <Stat
            key={figure}
            label={label}
            value={value === null ? null : short(value)}
            unit="/s"
            reason={reason}
          >
            {spark(figure, hue)}
          </Stat>
        );
      })}
    </Stats>
  );
}
