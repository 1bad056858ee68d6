'use client';
import { useLive } from '@/app/_live/LiveProvider';
import { useHref, useUrlState, withParams } from '@/app/_live/scope';
import { Badge } from '@/app/_ui/Badge';
import { ButtonLink } from '@/app/_ui/Button';
import { CopyButton } from '@/app/_ui/CopyButton';
import { cx } from '@/app/_ui/cx';
import { count, percent, short } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { later } from '@/app/_ui/later';
import { Panel } from '@/app/_ui/Panel';
import { Stat, Stats } from '@/app/_ui/Stat';
import type { QueueDetail } from '@/lib/model/api';
import type { QueueRow } from '@/lib/model/live';
import { Aged } from '../../../_parts/Aged';
import { ConsumerTable, parseConsumerSort } from '../../../_parts/ConsumerTable';
import { GoneList } from '../../../_parts/GoneList';
import { JourneyLine } from '../../../_parts/JourneyLine';
import { shapeOf } from '../../../_parts/look';
import { EmptyOrUnread } from '../../../_parts/NotRead';
import { Timeline } from '../../../_parts/Timeline';
import { Bindings } from './Bindings';
import { Charts } from './Charts';
import { Declared } from './Declared';
import styles from './queue.module.css';
import { shownQueue } from './shown-queue';

const QueueLatencyPanel = later(() =>
  import('../../../_parts/latency/QueueLatencyPanel').then((m) => m.QueueLatencyPanel),
);

function Figures({ queue, reason }: { queue: QueueRow; reason: string }) {
  const depth = (value: number | null) => (value === null ? null : count(value));
  const rate = (value: number | null) => (value === null ? null : short(value));
  return (
    <Stats>
      <Stat label="Ready" value={depth(queue.ready)} reason={reason} />
      <Stat label="Unacked" value={depth(queue.unacked)} reason={reason} />
      <Stat
        label="In"
        value={rate(queue.rates.publish)}
        unit="/s"
        // the broker counts what was published to a queue, not what died into it
        note={queue.attention?.code.startsWith('dead_letters') ? 'dead letters not counted' : undefined}
        reason={reason}
      />
      <Stat label="Out" value={rate(queue.rates.deliver)} unit="/s" reason={reason} />
      <Stat label="Acked" value={rate(queue.rates.ack)} unit="/s" reason={reason} />
      <Stat
        label="Consumers"
        value={depth(queue.consumers)}
        unit={
          queue.consumers && queue.utilisation !== null ? `utilisation ${percent(queue.utilisation)}` : null
        }
        reason={reason}
      />
    </Stats>
  );
}

/** The queue that was read: what needs a look, its figures, who consumes, what is bound. */
export function QueueShown({ detail }: { detail: QueueDetail }) {
  const live = useLive();
  const href = useHref();
  const [params, setParams] = useUrlState();
  const queue = shownQueue(
    live?.queues.find((q) => q.vhost === detail.queue.vhost && q.name === detail.queue.name),
    detail,
  );
  const fresh = live?.freshness ?? detail.freshness;
  const { attention } = queue;
  const to = { vhost: queue.vhost, queue: queue.name };
  return (
    <div className={cx(fresh !== 'live' && 'stale')}>
      <div className={cx('pagehead', styles.head)}>
        <h1 className="mono wrap">{queue.name}</h1>
        <CopyButton text={queue.name} what="the queue's name" />
        <span className="t3">
          {queue.type}
          {queue.state ? `, ${queue.state}` : ''}
        </span>
        <Aged parts={['depths', 'rates']} />
        <span className="grow" />
        {attention?.code.startsWith('dead_letters') ? (
          <ButtonLink look="primary" icon="dead-letters" href={withParams('/dead-letters', to)}>
            Open its dead letters
          </ButtonLink>
        ) : null}
        <ButtonLink icon="journeys" href={withParams('/journeys', to)}>
          Its journeys
        </ButtonLink>
        <ButtonLink icon="publish" href={withParams('/publish', to)}>
          Publish to it
        </ButtonLink>
      </div>
      {attention ? (
        <p className={styles.attention}>
          <Glyph hop={shapeOf(attention)} />
          <span className="grow wrap">
            <b>{attention.words}</b>
          </span>
          <Badge hop={shapeOf(attention)}>{attention.figure}</Badge>
        </p>
      ) : null}
      <div className={styles.gap}>
        <Figures queue={queue} reason={detail.reason ?? 'the broker did not report it'} />
      </div>
      <Charts vhost={queue.vhost} name={queue.name} recent={detail.history} />
      <div className={styles.gap}>
        <QueueLatencyPanel vhost={queue.vhost} name={queue.name} />
      </div>
      <Panel
        title="Who consumes"
        count={queue.consumers === null ? null : count(queue.consumers)}
        className={styles.gap}
      >
        {detail.consumers.length === 0 ? (
          <p className={styles.line}>
            <EmptyOrUnread
              // that there is none is known from the queue itself
              missing={queue.consumers === 0 ? [] : (live?.status.missing ?? [])}
              what="consumers"
              none="Nobody consumes from this queue."
            />
          </p>
        ) : (
          <ConsumerTable
            consumers={detail.consumers}
            sort={parseConsumerSort(params.get('sort'))}
            onSort={(sort) => setParams({ sort: `${sort.by}:${sort.desc ? 'desc' : 'asc'}` })}
            showQueue={false}
            stale={fresh !== 'live'}
          />
        )}
      </Panel>
      <GoneList gone={detail.gone} showQueue={false} />
      <Panel title="What happened" className={styles.gap}>
        <Timeline of={to} />
      </Panel>
      <div className={cx('grid', styles.two)}>
        <Bindings detail={detail} />
        <Declared detail={detail} />
      </div>
      <Panel title="Latest journeys" more="Open in Journeys" moreHref={href(withParams('/journeys', to))}>
        {detail.journeys.length === 0 ? (
          <p className={styles.line}>
            None was seen. What the tap sees of this queue from now on would stand here.
          </p>
        ) : (
          <ul>
            {detail.journeys.map((journey) => (
              <JourneyLine key={journey.id} journey={journey} all />
            ))}
          </ul>
        )}
      </Panel>
    </div>
  );
}
