'use client';
import Link from 'next/link';
import { useMemo, useState } from 'react';
import { useHref, withParams } from '@/app/_live/scope';
import { useNow } from '@/app/_ui/clock';
import { cx } from '@/app/_ui/cx';
import { count, counted } from '@/app/_ui/format';
import { Panel } from '@/app/_ui/Panel';
import { Spark } from '@/app/_ui/Spark';
import { type Column, VirtualTable } from '@/app/_ui/VirtualTable';
import type { Latency } from '@/lib/model/api';
import { queueKey } from '@/lib/model/names';
import { isRelative, timeWords, whenOf } from '../_parts/find/filter-times';
import { askedOf, type Question } from '../_parts/find/question';
import { Loaded } from '../_parts/Loaded';
import { DriftWords } from '../_parts/latency/Drift';
import { LatencyChart } from '../_parts/latency/LatencyChart';
import { driftOf, type QueueLatency, worstOf } from '../_parts/latency/latency-view';
import { figure } from '../_parts/latency/QueueLatencyPanel';
import { useLatency } from '../_parts/latency/use-latency';
import { QueueName } from '../_parts/QueueName';
import styles from './journeys.module.css';
import { RowsShape } from './RowsShape';
import type { Asking } from './use-question';

/** "All time" would be one flat line: without a time the last hour is shown. */
const HOUR = 3_600_000;

/** Where delivery takes long, and where it takes longer than before: every queue, slowest first. */
export function LatencyView({ asking }: { asking: Asking }) {
  const { question } = asking;
  const now = useNow();
  const state = useLatency(
    askedOf(question, 'vhost'),
    askedOf(question, 'queue'),
    stretchOf(question, now ?? 0),
  );
  const left = question.conditions.filter((c) => !['queue', 'vhost', 'from', 'to'].includes(c.field));
  const words = timeWords(askedOf(question, 'from'), askedOf(question, 'to'), now);
  return (
    <Loaded state={state} skeleton={<RowsShape />}>
      {(data) => (
        <>
          {left.length > 0 || question.q ? (
            <p className={styles.note}>
              Latency is measured over all messages of a queue: of the filters only queue, vhost and time
              apply here.
            </p>
          ) : null}
          <Shown data={data} words={words === 'All time' ? 'Last hour' : words} />
        </>
      )}
    </Loaded>
  );
}

function stretchOf(question: Question, now: number) {
  const [from, to] = [askedOf(question, 'from'), askedOf(question, 'to')];
  const at = from === null ? null : whenOf(from, now);
  const end = to === null ? null : whenOf(to, now);
  const relative = from !== null && at !== null && isRelative(from);
  if (at === null)
    return end === null ? { from: { ago: HOUR }, to: null } : { from: { at: end - HOUR }, to: end };
  return { from: relative && end === null ? { ago: now - at } : { at }, to: end };
}

function Shown({ data, words }: { data: Latency; words: string }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const measured = useMemo(() => data.queues.filter((q) => q.count > 0), [data]);
  const one = measured.find((q) => keyOf(q) === chosen) ?? measured[0];
  const columns = useMemo(() => columnsFor(new Set(measured.map((q) => q.vhost)).size > 1), [measured]);
  if (!one)
    return (
      <Panel label="Latency" pad>
        <p>
          Nothing was measured: {words.toLowerCase()}. A message is measured when the tap saw both its publish
          and its first delivery.
        </p>
      </Panel>
    );
  return (
    <div className="grid">
      <Panel
        title={<span className="mono">{one.queue}</span>}
        hint={`from publish to first delivery, ${words.toLowerCase()}`}
        more={
          <span className="wide">
            <DriftWords drift={driftOf(one.points)} brief />
          </span>
        }
        pad
      >
        <LatencyChart queue={one} height={168} />
      </Panel>
      <Panel title="Queues" count={count(measured.length)} hint="slowest first, by p95">
        <VirtualTable
          label="Latency by queue, slowest first"
          columns={columns}
          rows={measured}
          keyOf={keyOf}
          selected={keyOf(one)}
          onOpen={(queue) => setChosen(keyOf(queue))}
          phone={phoneRow}
          phoneHeight={56}
        />
      </Panel>
    </div>
  );
}

function keyOf(queue: QueueLatency): string {
  return queueKey(queue.vhost, queue.queue);
}

function columnsFor(showVhost: boolean): readonly Column<QueueLatency>[] {
  const figures = (['p50', 'p95', 'p99'] as const).map(
    (name): Column<QueueLatency> => ({
      id: name,
      head: name,
      width: 84,
      align: 'end',
      cell: (q) => <span className={name === 'p95' ? 't1 nw' : 'nw'}>{figure(q[name])}</span>,
    }),
  );
  return [
    {
      id: 'queue',
      head: 'Queue',
      cell: (q) => <QueueName vhost={q.vhost} name={q.queue} showVhost={showVhost} />,
    },
    { id: 'count', head: 'Messages', width: 84, align: 'end', cell: (q) => count(q.count) },
    ...figures,
    {
      id: 'spark',
      head: 'p95 over time',
      width: 104,
      hideBelow: 760,
      cell: (q) => <Spark values={q.points.map((p) => p.p95)} hue="delivered" />,
    },
    {
      id: 'drift',
      head: 'Of late',
      width: 236,
      hideBelow: 900,
      cell: (q) => <DriftWords drift={driftOf(q.points)} brief />,
    },
    { id: 'worst', head: 'Slowest', width: 190, hideBelow: 1000, cell: (q) => <Worst queue={q} /> },
  ];
}

/** To the journeys of the queue in the slice in which it was slowest. */
function Worst({ queue }: { queue: QueueLatency }) {
  const href = useHref();
  const worst = worstOf(queue.points);
  if (!worst) return null;
  const to = withParams('/journeys', {
    vhost: queue.vhost,
    queue: queue.queue,
    from: new Date(worst.from).toISOString(),
    to: new Date(worst.to).toISOString(),
  });
  return (
    <Link className="link" href={href(to)} title="Journeys of this queue in that time">
      {figure(worst.p95)} at {new Date(worst.from).toTimeString().slice(0, 8)}
    </Link>
  );
}

function phoneRow(queue: QueueLatency) {
  return (
    <span className={cx(styles.phoneRow, styles.phoneSpark)}>
      <Spark values={queue.points.map((p) => p.p95)} hue="delivered" width={48} />
      <span className={styles.phoneWords}>
        <QueueName vhost={queue.vhost} name={queue.queue} />
        <span className="s t3 cut">
          {counted(queue.count, 'message')}, half within {figure(queue.p50)}
        </span>
      </span>
      <span className={styles.phoneTime}>
        <span className="t1 nw">{figure(queue.p95)}</span>
        <span className="s t3">p95</span>
      </span>
    </span>
  );
}
