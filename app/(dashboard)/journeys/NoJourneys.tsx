'use client';
import Link from 'next/link';
import { useLive } from '@/app/_live/LiveProvider';
import { useAct } from '@/app/_live/query';
import { useHref, useVhost } from '@/app/_live/scope';
import { Button, ButtonLink } from '@/app/_ui/Button';
import { CopyButton } from '@/app/_ui/CopyButton';
import { count } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Panel } from '@/app/_ui/Panel';
import { Problem } from '@/app/_ui/Problem';
import type { TapAnswer } from '@/lib/model/api';
import type { Tap } from '@/lib/model/live';
import styles from './journeys.module.css';
import { WayDrawing } from './WayDrawing';

/** No journey at all: what one is, and how the first comes in. */
export function NoJourneys() {
  const live = useLive();
  const vhost = useVhost();
  const href = useHref();
  const taps = (live?.status.taps ?? []).filter((t) => vhost === null || t.vhost === vhost);
  const off = taps.find((t) => t.state !== 'on') ?? null;
  const deaf = live !== null && !taps.some((t) => t.state === 'on');
  const dead = live?.deadLetters ?? null;
  return (
    <Panel label="Journeys" className={styles.empty}>
      <div className={styles.teach}>
        <h2 className="big">
          {deaf ? 'The tap is off, so no message is seen on its way' : 'No message has passed yet'}
        </h2>
        <p>
          {deaf
            ? 'With the tap on, RabbitMQ copies every published and delivered message of a vhost to a private queue of Hoplight. Each message becomes a journey:'
            : live
              ? 'The tap listens. The next message that anybody publishes becomes a journey:'
              : 'Each message that is published while the tap listens becomes a journey:'}
        </p>
        <WayDrawing />
        {deaf ? (
          <TurnOn tap={off} vhost={off?.vhost ?? vhost ?? '/'} />
        ) : (
          <>
            <ButtonLink look="primary" href={href('/publish')}>
              Publish a message
            </ButtonLink>
            <p>
              Messages are told apart by their IDs. Give yours one, and all that belongs together is found by
              it: a header <code>traceparent</code> (OpenTelemetry sends it) or <code>X-Trace-ID</code>, or
              the properties <code>correlation-id</code> or <code>message-id</code>.
            </p>
            <p className={styles.command}>
              <code>
                headers: {'{'} "X-Trace-ID": "order-8841" {'}'}
              </code>
              <CopyButton text={'headers: { "X-Trace-ID": "order-8841" }'} what="the header" />
            </p>
          </>
        )}
      </div>
      <div className={styles.aside}>
        <h3>What you can see</h3>
        <table className={styles.seen}>
          <thead>
            <tr>
              <th>Fact</th>
              <th>Tap off</th>
              <th>Tap on</th>
            </tr>
          </thead>
          <tbody>
            {SEEN.map(([fact, without, withTap]) => (
              <tr key={fact}>
                <td>{fact}</td>
                <td>
                  <Seen how={without} />
                </td>
                <td>
                  <Seen how={withTap} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <h3>Without the tap</h3>
        <ul>
          <li>
            <Link className="link" href={href('/dead-letters')}>
              Open Dead letters
            </Link>
            <span className="s t3">{dead === null ? 'read in their queues' : `${count(dead)} wait`}</span>
          </li>
          <li>
            <Link className="link" href={href('/publish')}>
              Publish a message
            </Link>
            <span className="s t3">its journey opens live</span>
          </li>
        </ul>
      </div>
    </Panel>
  );
}

type How = 'observed' | 'inferred' | 'unseen';
/** Acks are never seen: a settled message is told by nobody but its consumer. */
const SEEN: [string, How, How][] = [
  ['Published here, and replayed', 'observed', 'observed'],
  ['Dead letters: where and why', 'inferred', 'observed'],
  ['Published by others', 'unseen', 'observed'],
  ['Deliveries, redeliveries', 'unseen', 'observed'],
  ['Waits in queues', 'unseen', 'observed'],
  ['Requeues', 'unseen', 'inferred'],
  ['Acks', 'unseen', 'unseen'],
];

function Seen({ how }: { how: How }) {
  return (
    <span className="row">
      <Glyph
        hop={how === 'unseen' ? 'unknown' : 'settled'}
        mode={how === 'inferred' ? 'inferred' : 'solid'}
        size={16}
      />
      <span className={how === 'unseen' ? 't3' : 't1'}>{how}</span>
    </span>
  );
}

function TurnOn({ tap, vhost }: { tap: Tap | null; vhost: string }) {
  const { act, busy, problem } = useAct<TapAnswer>('/api/tap');
  const command = `rabbitmqctl trace_on -p ${/^[\w./-]+$/.test(vhost) ? vhost : `'${vhost.replaceAll("'", "'\\''")}'`}`;
  return (
    <>
      <div className="row">
        <Button look="primary" busy={busy} onClick={() => void act({ vhost, on: true })}>
          Turn on the tap for {vhost}
        </Button>
        <span className="t3">or run on a broker node</span>
      </div>
      {problem ? <Problem problem={problem} quiet /> : null}
      <p className={styles.command}>
        <code>{command}</code>
        <CopyButton text={command} what="the command" />
      </p>
      {tap ? <p className="wrap">{tap.words}</p> : null}
      <p className="s t3">
        <b>What it costs:</b> the broker copies each publish and each delivery of the vhost once, about 6 to 8
        % of a core at 1,000 messages a second. The private queue drops its oldest beyond its limit; what is
        dropped shows as a gap.
      </p>
    </>
  );
}
