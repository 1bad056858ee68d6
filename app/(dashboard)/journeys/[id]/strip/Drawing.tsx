'use client';
import { useEffect, useMemo, useRef } from 'react';
import { cx } from '@/app/_ui/cx';
import { clockMs, counted } from '@/app/_ui/format';
import type { Hop, Journey } from '@/lib/model/journey';
import { type ClientNames, precisionOf, titleOf } from '../hop-words';
import { FoldedGround, Gaps } from './Gaps';
import { stripLabels } from './labels';
import { FoldedBranches, Mark } from './Marks';
import { AXIS, LABELS } from './measures';
import styles from './strip.module.css';
import type { StripLayout } from './strip-layout';
import { inSight, type Sight } from './use-sight';

/** How a part of the drawing is chosen, by pointer and by keys. */
interface Press {
  role: 'button';
  tabIndex: number;
  'aria-pressed': boolean;
  'aria-label': string;
  className: string | undefined;
  onClick: (event: React.MouseEvent) => void;
  onKeyDown: (event: React.KeyboardEvent) => void;
}

/** Everything between the names and the axis. Parts out of `sight` are left out, but for the selected hop. */
export function Drawing({
  id,
  journey,
  layout,
  names,
  sight,
  selected,
  other,
  onSelect,
  onUnfold,
}: {
  id: string;
  journey: Journey;
  layout: StripLayout;
  names: ClientNames;
  sight: Sight;
  selected: string | null;
  other: string | null;
  onSelect: (hop: Hop, compare: boolean) => void;
  onUnfold: () => void;
}) {
  const drawing = useRef<SVGSVGElement>(null);
  const labels = useMemo(() => stripLabels(layout, names), [layout, names]);
  const chosen = layout.nodes.find((n) => n.hop.id === selected) ?? null;
  // walked by keys from within the strip, the focus goes along; elsewhere it stays where it is
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another hop is selected
  useEffect(() => {
    const svg = drawing.current;
    if (!svg?.contains(document.activeElement)) return;
    const next = svg.querySelector('[aria-pressed="true"]');
    if (next instanceof SVGElement) next.focus({ preventScroll: true });
  }, [selected]);
  const press = (hop: Hop): Press => ({
    role: 'button',
    tabIndex: hop.id === selected ? 0 : -1,
    'aria-pressed': hop.id === selected,
    'aria-label': spoken(hop, names),
    className: styles.hit,
    onClick: (event) => onSelect(hop, event.shiftKey),
    onKeyDown: (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      onSelect(hop, event.shiftKey);
    },
  });
  const wide = layout.width - LABELS;
  const high = layout.height - AXIS;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing whose parts can be chosen, no form
    <svg
      ref={drawing}
      className={styles.strip}
      width={wide}
      height={high}
      viewBox={`${LABELS} ${AXIS} ${wide} ${high}`}
      role="group"
      aria-label={`Journey strip: ${counted(journey.hops.length, 'hop')} on ${counted(journey.rows.length, 'row')}; the list view tells the same in words`}
    >
      <Defs id={id} />
      <FoldedGround layout={layout} />
      {layout.lanes.map((l) => (
        <path key={l.row.id} className={styles.hair} d={`M${LABELS} ${l.y + l.height}H${layout.width}`} />
      ))}
      {chosen ? <path className={styles.selline} d={`M${chosen.x} ${AXIS}V${chosen.y - 13}`} /> : null}
      <Lines id={id} layout={layout} sight={sight} selected={selected} press={press} />
      {layout.folds.map((bar) => (
        <FoldedBranches key={bar.fold.id} id={id} bar={bar} onUnfold={onUnfold} />
      ))}
      <Gaps id={id} journey={journey} layout={layout} />
      {layout.nodes
        .filter((n) => n === chosen || n.hop.id === other || inSight(sight, n.x - 20, n.out + 20))
        .map((node) => (
          <g key={node.hop.id} {...press(node.hop)}>
            <Mark
              node={node}
              chosen={node === chosen}
              other={node.hop.id === other}
              words={spoken(node.hop, names)}
            />
          </g>
        ))}
      {labels
        .filter((label) => inSight(sight, label.x - 240, label.x + 240))
        .map((label) => (
          <text
            key={label.key}
            x={label.x}
            y={label.y}
            textAnchor={label.anchor}
            className={cx(styles.knock, styles[label.look])}
          >
            {label.text}
            {label.name ? <tspan className={styles.mono}> {label.name}</tspan> : null}
            {label.after}
          </text>
        ))}
      {layout.spans
        .filter((bar) => inSight(sight, bar.x0, bar.x1))
        .map((bar) => (
          <rect
            key={bar.key}
            className={cx(styles.spanBar, bar.error && styles.failed)}
            x={bar.x0}
            y={bar.y}
            width={bar.x1 - bar.x0}
            height={2}
          />
        ))}
    </svg>
  );
}

function Defs({ id }: { id: string }) {
  return (
    <defs>
      <pattern
        id={`${id}gap`}
        width="6"
        height="6"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <path d="M0 0V6" stroke="var(--hop-unknown)" strokeWidth="2.2" opacity=".55" />
      </pattern>
      <marker
        id={`${id}arrow`}
        viewBox="0 0 8 8"
        refX="6.5"
        refY="4"
        markerWidth="8"
        markerHeight="8"
        orient="auto"
        markerUnits="userSpaceOnUse"
      >
        <path d="M1.5 1 6.5 4 1.5 7" className={styles.arrow} />
      </marker>
    </defs>
  );
}

/** Edges, waits, and what consumers held. */
function Lines({
  id,
  layout,
  sight,
  selected,
  press,
}: {
  id: string;
  layout: StripLayout;
  sight: Sight;
  selected: string | null;
  press: (hop: Hop) => Press;
}) {
  return (
    <>
      {layout.edges
        .filter((edge) => inSight(sight, edge.x0, edge.x1))
        .map((edge) => (
          <path
            key={`${edge.from} ${edge.to} ${edge.path}`}
            d={edge.path}
            className={cx(
              styles.edge,
              styles[edge.kind],
              edge.inferred && styles.inferred,
              (edge.from === selected || edge.to === selected) && styles.lit,
            )}
            markerEnd={edge.arrow ? `url(#${id}arrow)` : undefined}
          />
        ))}
      {layout.waits
        .filter((wait) => wait.hop.id === selected || inSight(sight, wait.x0, wait.x1))
        .map((wait) => (
          <g key={wait.hop.id} {...press(wait.hop)}>
            <title>{wait.hop.why}</title>
            <rect
              className={styles.target}
              x={wait.x0}
              y={wait.y - 10}
              width={wait.x1 - wait.x0}
              height={20}
            />
            <rect
              className={cx(
                styles.wait,
                wait.inferred && styles.dashed,
                wait.hop.id === selected && styles.chosen,
              )}
              x={wait.x0}
              y={wait.y - 3}
              width={wait.x1 - wait.x0}
              height={6}
              rx={3}
            />
          </g>
        ))}
      {layout.held
        .filter((held) => inSight(sight, held.x0, held.x1))
        .map((held) => (
          <rect
            key={held.hop.id}
            className={cx(styles.span, held.atMost && styles.dashed)}
            x={held.x0}
            y={held.y - 8}
            width={held.x1 - held.x0}
            height={16}
          />
        ))}
    </>
  );
}

/** Hop, time and how we know, for screen readers and hover. */
function spoken(hop: Hop, names: ClientNames): string {
  const { words, name } = titleOf(hop, names);
  const at = hop.at === null ? 'time not known' : `${clockMs(hop.at)}, ${precisionOf(hop)}`;
  const told = hop.events.map((e) => ` ${e.words}.`).join('');
  return `${words} ${name ?? ''}, ${at}, ${hop.provenance}. ${hop.why}${told}`;
}
