'use client';
import { useLive } from '@/app/_live/LiveProvider';
import type { ApiState } from '@/app/_live/query';
import { counted } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Problem } from '@/app/_ui/Problem';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import { QueueName } from '@/app/(dashboard)/_parts/QueueName';
import type { PublishTargets } from '@/lib/model/api';

/** The queues that the message would reach now, by the bindings of the last reading. `asked` false: no target yet. */
export function Reach({
  state,
  asked,
  vhost,
}: {
  state: ApiState<PublishTargets>;
  asked: boolean;
  vhost: string;
}) {
  const live = useLive();
  if (!asked) {
    return (
      <p className="t3" style={{ padding: '10px 12px' }}>
        Name a queue or an exchange to see which queues it reaches.
      </p>
    );
  }
  if (!state.data) {
    return state.problem ? (
      <Problem quiet problem={state.problem} />
    ) : (
      <SkeletonRows rows={2} label="Reading where it would go" />
    );
  }
  const { queues, alternate, note } = state.data;
  return (
    <>
      {queues.length > 0 ? (
        <ul>
          {queues.map((name) => {
            const queue = live?.queues.find((q) => q.vhost === vhost && q.name === name);
            return (
              <li key={name} className="li">
                <Glyph hop="waiting" />
                <QueueName vhost={vhost} name={name} />
                <span className="grow" />
                {queue ? (
                  <span className="s t3 nw">
                    {queue.type}
                    {queue.consumers === null ? '' : `, ${consumersOf(queue.consumers)}`}
                  </span>
                ) : null}
              </li>
            );
          })}
        </ul>
      ) : null}
      {alternate !== null ? (
        <p className="li">
          <Glyph hop="warn" />
          <span>
            No binding matches; the alternate exchange <code>{alternate}</code> takes it.
          </span>
        </p>
      ) : null}
      {note ? (
        <p className="li">
          <Glyph hop={queues.length > 0 ? 'unknown' : 'warn'} />
          <span className="wrap">{note}</span>
        </p>
      ) : null}
    </>
  );
}

const consumersOf = (consumers: number) => (consumers === 0 ? 'no consumer' : counted(consumers, 'consumer'));
