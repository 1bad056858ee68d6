'use client';
import { useHref, withParams } from '@/app/_live/scope';
import { Badge } from '@/app/_ui/Badge';
import { ButtonLink } from '@/app/_ui/Button';
import { CopyButton } from '@/app/_ui/CopyButton';
import { cx } from '@/app/_ui/cx';
import { count, shortId } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import type { Hop, Journey, SentencePart } from '@/lib/model/journey';
import { journeyName } from '../../_parts/JourneyLine';
import { STATUS_SHAPE, stateWord } from './hop-words';
import styles from './journey.module.css';
import { traceLink } from './trace-link';

/** Who it is, how it stands, and what happened, in words. */
export function JourneyHead({ journey, traceUrl }: { journey: Journey; traceUrl: string | null }) {
  const href = useHref();
  const name = journeyName(journey);
  const link = traceLink(traceUrl, journey.ids.traceId);
  const grave = graveOf(journey);
  const file = `journey-${name.replace(/[^\w.-]+/g, '_').slice(0, 64)}.json`;
  return (
    <div className={styles.head}>
      <div className="grow">
        <div className={cx('row', styles.names)}>
          <h1 className="mono" title={name}>
            {shortId(name)}
          </h1>
          <CopyButton text={name} what={journey.ids.traceId ? 'the trace ID' : 'the ID'} />
          <ul className={cx('row', styles.states)} aria-label="What became of it">
            {journey.states.map((state, i) => {
              const last = i === journey.states.length - 1;
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: states only ever grow at the end
                <li key={i} className="row">
                  {i > 0 ? <span className="t3">then</span> : null}
                  <Badge
                    hop={STATUS_SHAPE[state.status]}
                    mode={state.provenance === 'inferred' ? 'inferred' : 'solid'}
                    title={state.provenance}
                  >
                    {stateWord(state.status, last)}
                  </Badge>
                </li>
              );
            })}
          </ul>
        </div>
        <p className={cx('wrap', styles.story)} data-testid="sentence">
          {journey.sentence.map((part, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts have no other name
            <Part key={i} part={part} />
          ))}
        </p>
        {journey.truncated ? (
          <p className={cx('row', styles.story)}>
            <Glyph hop="warn" />
            Only its first {count(journey.factCount)} facts are drawn: there are more.
          </p>
        ) : null}
      </div>
      <div className={cx('row', styles.acts)}>
        {grave ? (
          <ButtonLink
            icon="dead-letters"
            href={href(withParams('/dead-letters', { queue: grave.queue ?? '', in: grave.vhost }))}
          >
            Open its dead letters
          </ButtonLink>
        ) : null}
        <ButtonLink icon="download" href={`/api/journeys/${encodeURIComponent(journey.id)}`} download={file}>
          Export
        </ButtonLink>
        {link ? (
          <ButtonLink icon="open" href={link.href} external>
            Open in {link.where}
          </ButtonLink>
        ) : null}
      </div>
    </div>
  );
}

/** The dead-letter queue in which it still waits, from where it can be replayed. */
function graveOf({ hops, rows }: Journey): Hop | undefined {
  return hops.findLast(
    (hop) =>
      hop.kind === 'queue' &&
      hop.queue !== null &&
      rows.some((row) => row.id === hop.row && row.deadLetters) &&
      !hops.some((next) => next.from.includes(hop.id)),
  );
}

function Part({ part }: { part: SentencePart }) {
  if (part.mark === undefined) return part.text;
  if (part.mark === 'name') return <b className="mono">{part.text}</b>;
  if (part.mark === 'who') return <b>{part.text}</b>;
  return <b className={`${part.mark} ink`}>{part.text}</b>;
}
