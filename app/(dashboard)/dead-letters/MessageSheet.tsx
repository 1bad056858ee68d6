'use client';
import { useId, useState } from 'react';
import { useHref } from '@/app/_live/scope';
import { Button, ButtonLink } from '@/app/_ui/Button';
import { CopyButton } from '@/app/_ui/CopyButton';
import { Dialog } from '@/app/_ui/Dialog';
import { bytes, count, shortId } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Tabs } from '@/app/_ui/Tabs';
import { Time } from '@/app/_ui/Time';
import type { DeadLetter } from '@/lib/model/replay';
import { BodyPane } from '../_parts/message/BodyPane';
import { HeadersPane, PropertiesPane } from '../_parts/message/MessagePanes';
import { reasonWords } from '../_parts/reason';
import styles from './dead-letters.module.css';
import { idOf } from './MessageTable';

type Tab = 'body' | 'headers' | 'properties' | 'deaths';

/** One message, docked right: what it is, where it died, how often. */
export function MessageSheet({ letter, onClose }: { letter: DeadLetter; onClose: () => void }) {
  const id = useId();
  const href = useHref();
  const [tab, setTab] = useState<Tab>('body');
  const { message } = letter;
  return (
    <Dialog onClose={onClose} labelledBy={id} className={styles.sheet}>
      <div className={styles.sheetHead}>
        <h1 id={id} className="mono cut">
          {shortId(idOf(letter))}
        </h1>
        <CopyButton text={idOf(letter)} what="the ID" />
        <span className="grow" />
        <ButtonLink small href={href(`/journeys/${encodeURIComponent(letter.journey)}`)}>
          Open its journey
        </ButtonLink>
        <Button look="quiet" icon="close" aria-label="Close" onClick={onClose} />
      </div>
      <p className={styles.sheetWords}>
        <Glyph hop="dead" />
        <span className="wrap">
          {letter.reason ? (
            <>
              Died in <b className="mono">{letter.originQueue}</b>: {reasonWords(letter.reason)}
              {letter.error ? (
                <>
                  , <span className="dead ink">{letter.error}</span>
                </>
              ) : null}
              {letter.diedAt === null ? null : (
                <>
                  {' at '}
                  <Time at={letter.diedAt} />
                </>
              )}
              .
            </>
          ) : (
            'It carries no x-death: it was put here without having died.'
          )}{' '}
          Position {count(letter.position + 1)}
          {letter.replays > 0
            ? `, replayed ${letter.replays === 1 ? 'once' : `${count(letter.replays)} times`} before`
            : ''}
          .
        </span>
      </p>
      <div className={styles.sheetBody}>
        <Tabs<Tab>
          label="Message"
          value={tab}
          onChange={setTab}
          tabs={[
            { value: 'body', label: 'Body', hint: bytes(message.body.size) },
            { value: 'headers', label: 'Headers', hint: count(message.headers.length) },
            { value: 'properties', label: 'Properties' },
            { value: 'deaths', label: 'Deaths', hint: count(letter.deaths.length) },
          ]}
        >
          {tab === 'body' ? <BodyPane message={message} name={letter.id} /> : null}
          {tab === 'headers' ? <HeadersPane message={message} /> : null}
          {tab === 'properties' ? <PropertiesPane message={message} /> : null}
          {tab === 'deaths' ? <Deaths letter={letter} /> : null}
        </Tabs>
      </div>
    </Dialog>
  );
}

function Deaths({ letter }: { letter: DeadLetter }) {
  if (letter.deaths.length === 0) return <p className={styles.line}>It carries no x-death.</p>;
  return (
    <table>
      <thead>
        <tr>
          <th>Queue</th>
          <th>Reason</th>
          <th>Came by</th>
          <th>Latest</th>
          <th className="num">Times</th>
        </tr>
      </thead>
      <tbody>
        {letter.deaths.map((death) => (
          <tr key={`${death.queue} ${death.reason}`}>
            <td className="mono t1">{death.queue}</td>
            <td>{reasonWords(death.reason)}</td>
            <td className="mono">
              {death.exchange || 'default exchange'} {death.routingKeys.join(', ')}
            </td>
            <td>{death.at === null ? 'not known' : <Time at={death.at} />}</td>
            <td className="num">{count(death.count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
