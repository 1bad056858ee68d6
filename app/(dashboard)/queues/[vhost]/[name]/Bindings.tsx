'use client';
import { Glyph } from '@/app/_ui/Glyph';
import { Panel } from '@/app/_ui/Panel';
import type { QueueDetail } from '@/lib/model/api';
import { QueueName } from '../../../_parts/QueueName';
import styles from './queue.module.css';

/** What leads into the queue, and where its dead letters go. */
export function Bindings({ detail }: { detail: QueueDetail }) {
  const { bindingsIn, deadLettersTo, deadLetterNote, queue } = detail;
  const dlx = queue.deadLetter;
  return (
    <Panel title="Ways in and out">
      <ul>
        {bindingsIn.map((b) => (
          <li key={`${b.source} ${b.routingKey} ${JSON.stringify(b.arguments)}`} className="li">
            <Glyph hop="exchange" />
            <span className="mono t1 cut">{b.source || '(default exchange)'}</span>
            <span className="t3">key</span>
            <span className="mono cut">{b.routingKey || '(empty)'}</span>
            {Object.keys(b.arguments).length > 0 ? (
              <span className="mono s t3 cut">{JSON.stringify(b.arguments)}</span>
            ) : null}
          </li>
        ))}
        {bindingsIn.length === 0 ? (
          <li className="li t3">
            Nothing is bound to it: it is reached by its name only, over the default exchange.
          </li>
        ) : null}
        <li className={`li ${styles.deadTo}`}>
          <Glyph hop={dlx && deadLettersTo.length === 0 ? 'warn' : 'dead'} mode={dlx ? 'solid' : 'hollow'} />
          <span className="wrap">
            {!dlx ? (
              'It has no dead-letter exchange: what is rejected or expires here is gone.'
            ) : (
              <>
                Dead letters go to exchange <span className="mono t1">{dlx.exchange || '(default)'}</span>
                {dlx.routingKey === null ? ' with their own keys' : ' with key '}
                {dlx.routingKey === null ? null : <span className="mono t1">{dlx.routingKey}</span>}, set by{' '}
                {dlx.from}
                {deadLettersTo.length > 0 ? ', and reach ' : '.'}
                {deadLettersTo.map((name, i) => (
                  <span key={name}>
                    {i > 0 ? ', ' : ''}
                    <QueueName vhost={queue.vhost} name={name} />
                  </span>
                ))}
              </>
            )}
            {deadLetterNote ? <span className="t1"> {deadLetterNote}</span> : null}
          </span>
        </li>
      </ul>
    </Panel>
  );
}
