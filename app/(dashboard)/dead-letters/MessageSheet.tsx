'use client';
import { type KeyboardEvent, useId } from 'react';
import { useHref, useUrlState } from '@/app/_live/scope';
import { Button, ButtonLink } from '@/app/_ui/Button';
import { CopyButton } from '@/app/_ui/CopyButton';
import { bytes, count, shortId } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Sheet } from '@/app/_ui/Sheet';
import { Tabs } from '@/app/_ui/Tabs';
import { Time } from '@/app/_ui/Time';
import type { DeadLetter, DeadLetterQueue } from '@/lib/model/replay';
import { BodyPane } from '../_parts/message/BodyPane';
import { HeadersPane, PropertiesPane } from '../_parts/message/MessagePanes';
import { reasonWords } from '../_parts/reason';
import { DeathHistory } from './DeathHistory';
import styles from './dead-letters.module.css';
import { LetterWay } from './LetterWay';
import { idOf } from './letter-id';

const TABS = ['body', 'headers', 'properties', 'history'] as const;
type Tab = (typeof TABS)[number];

/**
 * One message, docked right: what it is, its history of deaths and replays in words, the way it came. Up and down (or k
 * and j) walk the list behind it; message and tab are in the URL.
 */
export function MessageSheet({
  letter,
  queue,
  before,
  after,
  place,
  reason,
  onEdit,
  onReplay,
  onClose,
}: {
  letter: DeadLetter;
  queue: DeadLetterQueue;
  before?: (() => void) | undefined;
  after?: (() => void) | undefined;
  /** Where it stands in the list, from 0. */
  place: { at: number; of: number };
  /** Why nothing can be done with it now. */
  reason?: string | undefined;
  onEdit: () => void;
  onReplay: () => void;
  onClose: () => void;
}) {
  const id = useId();
  const href = useHref();
  const [params, setParams] = useUrlState();
  const tab = TABS.find((t) => t === params.get('tab')) ?? 'body';
  const { message } = letter;
  const keys = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || isText(event.target)) return;
    const go = { ArrowUp: before, k: before, ArrowDown: after, j: after }[event.key];
    if (!go) return;
    event.preventDefault();
    go();
  };
  return (
    <Sheet
      onClose={onClose}
      labelledBy={id}
      onKeyDown={keys}
      head={
        <>
          <h1 id={id} className="mono cut">
            {shortId(idOf(letter))}
          </h1>
          <CopyButton text={idOf(letter)} what="the ID" />
          <span className="grow" />
          <span className="s t3 nw">
            {count(place.at + 1)} of {count(place.of)}
          </span>
          <Button
            look="quiet"
            className={styles.up}
            icon="down"
            aria-label="Message before"
            reason={before ? undefined : 'this is the first that is listed'}
            onClick={before}
          />
          <Button
            look="quiet"
            icon="down"
            aria-label="Message after"
            reason={after ? undefined : 'this is the last that is listed'}
            onClick={after}
          />
        </>
      }
      foot={
        <>
          <ButtonLink href={href(`/journeys/${encodeURIComponent(letter.journey)}`)}>
            Open its journey
          </ButtonLink>
          <span className="grow" />
          <Button icon="edit" reason={reason} onClick={onEdit}>
            Edit and replay…
          </Button>
          <Button look="primary" reason={reason} onClick={onReplay}>
            Replay it…
          </Button>
        </>
      }
    >
      <p className={styles.sheetWords}>
        <Glyph hop="dead" />
        <span className="wrap">
          <Died letter={letter} /> Position {count(letter.position + 1)} in{' '}
          <b className="mono">{queue.queue}</b>.
        </span>
      </p>
      <LetterWay letter={letter} vhost={queue.vhost} />
      <Tabs<Tab>
        label="Message"
        value={tab}
        onChange={(value) => setParams({ tab: value === 'body' ? null : value })}
        tabs={[
          { value: 'body', label: 'Body', hint: bytes(message.body.size) },
          { value: 'headers', label: 'Headers', hint: count(message.headers.length) },
          { value: 'properties', label: 'Properties' },
          { value: 'history', label: 'Deaths', hint: count(letter.attempts) },
        ]}
      >
        {tab === 'body' ? <BodyPane message={message} name={letter.id} /> : null}
        {tab === 'headers' ? <HeadersPane message={message} /> : null}
        {tab === 'properties' ? <PropertiesPane message={message} /> : null}
        {tab === 'history' ? <DeathHistory letter={letter} vhost={queue.vhost} /> : null}
      </Tabs>
    </Sheet>
  );
}

function isText(target: EventTarget): boolean {
  // arrows belong to what scrolls, to tabs and to choices
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, [role=tablist], pre, fieldset') !== null
  );
}

function Died({ letter }: { letter: DeadLetter }) {
  const [last] = letter.deaths;
  if (!letter.reason || !last) return <>It carries no x-death: it was put here without having died.</>;
  return (
    <>
      Died in <b className="mono">{letter.originQueue}</b>: {reasonWords(letter.reason)}
      {letter.error ? (
        <>
          , <span className="dead ink">{letter.error}</span>
        </>
      ) : null}
      {last.at === null ? null : (
        <>
          {last.count > 1 ? `, ${count(last.count)} times, first at ` : ' at '}
          <Time at={last.at} />
        </>
      )}
      .
    </>
  );
}
