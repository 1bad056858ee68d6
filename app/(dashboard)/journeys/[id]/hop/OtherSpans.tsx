'use client';
import { useState } from 'react';
import { ButtonLink } from '@/app/_ui/Button';
import { counted } from '@/app/_ui/format';
import { Panel } from '@/app/_ui/Panel';
import type { Journey } from '@/lib/model/journey';
import { SpanTree } from './SpanTree';
import styles from './span.module.css';

/** Spans of the trace that belong to no hop: what services did before, after and between. */
export function OtherSpans({
  journey,
  viewer,
}: {
  journey: Journey;
  /** The trace in the reader's own viewer, where one is configured. */
  viewer: { href: string; where: string } | null;
}) {
  const [open, setOpen] = useState(journey.hops.length === 0);
  const services = [...new Set(journey.spans.flatMap((s) => s.service ?? []))];
  return (
    <Panel label="Other spans of this trace">
      <details className={styles.others} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          Other spans of this trace <span className="t3">{journey.spans.length}</span>{' '}
          <span className="s t3">
            {services.length > 0 ? `from ${services.slice(0, 4).join(', ')}` : ''}
            {services.length > 4 ? ` and ${counted(services.length - 4, 'more service')}` : ''}
          </span>
        </summary>
        {open ? (
          <div>
            <p className="s t3">
              What services reported before, after and between the hops. How they belong together is told
              whole by a trace viewer.
            </p>
            <SpanTree spans={journey.spans} label="Other spans of this trace" />
            {viewer ? (
              <ButtonLink small icon="open" href={viewer.href} external>
                Open the trace in {viewer.where}
              </ButtonLink>
            ) : null}
          </div>
        ) : null}
      </details>
    </Panel>
  );
}
