'use client';
import { Empty } from '@/app/_ui/Empty';
import { LineChart, type Series } from '@/app/_ui/LineChart';
import { Panel } from '@/app/_ui/Panel';
import type { ReplayJob, ReplayProgress } from '@/lib/model/replay';
import { isOpen } from '../../_parts/replay-outcomes';
import { rateSeries } from './rate-series';
import styles from './replay.module.css';
import { marksOf } from './step-words';

/** What was sent and what was settled per second, with the steps that explain why it rose or fell. */
export function Rate({ replay, progress }: { replay: ReplayJob; progress: ReplayProgress }) {
  const goesOn = isOpen(replay.state) || replay.state === 'following';
  const { times, sent, settled, diedAgain } = rateSeries(progress, goesOn);
  const some = (values: readonly number[]) => values.some((v) => v > 0);
  const what = { replay: 'sent', move: 'moved', delete: 'deleted' }[replay.request.act];
  const series: Series[] = [
    { key: 'sent', label: what, hue: 'replayed', values: sent },
    ...(replay.request.act === 'replay'
      ? [{ key: 'settled', label: 'settled', hue: 'settled' as const, values: settled, area: true }]
      : []),
    ...(some(diedAgain)
      ? [{ key: 'died', label: 'died again', hue: 'dead' as const, values: diedAgain }]
      : []),
  ];
  const [first, last] = [times[0], times.at(-1)];
  return (
    <Panel title="Rate" hint="messages/s">
      {times.length < 2 || first === undefined || last === undefined ? (
        <Empty title={goesOn ? 'Nothing to draw yet' : 'Over within a second or two'} level={3}>
          What is sent and settled each second is drawn here.
        </Empty>
      ) : (
        <div className={styles.chart}>
          <LineChart
            label={`Messages per second, ${series.map((s) => s.label).join(' and ')}`}
            times={times}
            series={series}
            marks={marksOf(replay.steps, first, last)}
            unit="/s"
          />
        </div>
      )}
    </Panel>
  );
}
