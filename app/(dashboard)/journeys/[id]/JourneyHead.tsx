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
import { ExportMenu } from './ExportMenu';
import { STATUS_SHAPE, stateWord } from './hop-words';
import styles from './journey.module.css';

/** Who it is, how it stands, and what happened, in words. */
export function JourneyHead({
  journey,
  viewer,
  hop,
}: {
  journey: Journey;
  /** The trace in the reader's own viewer, where one is configured. */
  viewer: { href: string; where: string } | null;
  /** The selected one: a link leads to it. */
  hop: Hop | null;
}) {
  const href = useHref();
  const name = journeyName(journey);
  const grave = graveOf(journey);
  return (
    <div className={styles.head}>
      <div className="grow">
        <div className={cx('row', styles.names)}>
          <h1 className="mono" title={name}>
            {shortId(name)}
          </h1>
          <CopyButton text={name} what={journey.ids.traceId ? 'the trace ID' : 'the ID'} />
          <States journey={journey} />
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
        <ExportMenu journey={journey} hop={hop} />
        {viewer ? (
          <ButtonLink icon="open" href={viewer.href} external>
            Open in {viewer.where}
          </ButtonLink>
        ) : null}
      </div>
    </div>
  );
}

function States({ journey: { states } }: { journey: Journey }) {
  return (
    <ul className={cx('row', styles.states)} aria-label="What became of it">
      {states.map((state, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: states only ever grow at the end
        <li key={i} className="row">
          {i > 0 ? <span className="t3">then</span> : null}
          <Badge
            hop={STATUS_SHAPE[state.status]}
            mode={state.provenance === 'inferred' ? 'inferred' : 'solid'}
            title={state.provenance}
          >
            {stateWord(state.status, i === states.length - 1)}
          </Badge>
        </li>
      ))}
    </ul>
  );
}

/** The dead-letter queue in which it still waits, from where it can be replayed. */
function graveOf({ hops, rows }: Journey): Hop | undefined {
  const leads = new Set(hops.flatMap((h) => h.from));
  const dead = new Set(rows.filter((row) => row.deadLetters).map((row) => row.id));
  return hops.findLast(
    (hop) => hop.kind === 'queue' && hop.queue !== null && dead.has(hop.row) && !leads.has(hop.id),
  );
}

function Part({ part }: { part: SentencePart }) {
  if (part.mark === undefined) return part.text;
  if (part.mark === 'name') return <b className="mono">{part.text}</b>;
  if (part.mark === 'who') return <b>{part.text}</b>;
  return <b className={`${part.mark} ink`}>{part.text}</b>;
}
