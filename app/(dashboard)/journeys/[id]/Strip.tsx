'use client';
import Link from 'next/link';
import { useEffect, useId, useRef } from 'react';
import { queuePath, useHref } from '@/app/_live/scope';
import { cx } from '@/app/_ui/cx';
import { clockMs, duration } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { useWidth } from '@/app/_ui/use-size';
import type { Hop, Journey } from '@/lib/model/journey';
import { gapWords } from './gap-words';
import { type ClientNames, precisionOf, shapeOf, titleOf } from './hop-words';
import styles from './strip.module.css';
import { shorten, stripLabels } from './strip-labels';
import { AXIS, LABELS, type Lane, type StripLayout, stripLayout, TAP } from './strip-layout';
import { ticksOf } from './time-axis';
import { axisTimes, pillText } from './time-words';

/** What is known of a row's queue or exchange beside its name: "quorum, 4 consumers". */
export type RowNotes = ReadonlyMap<string, string>;

/** The way of the message over time: lanes are exchanges and queues, the last lane is what the tap could see. */
export function Strip({
  journey,
  names,
  notes,
  selected,
  onSelect,
}: {
  journey: Journey;
  names: ClientNames;
  notes: RowNotes;
  selected: string | null;
  onSelect: (hop: Hop) => void;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const id = useId();
  return (
    <div ref={frame} className={cx('wide', styles.frame)}>
      {width === null ? (
        <div style={{ height: AXIS + 66 * journey.rows.length + TAP }} />
      ) : (
        <Drawing
          id={id}
          journey={journey}
          layout={stripLayout(journey, width)}
          names={names}
          notes={notes}
          selected={selected}
          onSelect={onSelect}
        />
      )}
    </div>
  );
}

function Drawing({
  id,
  journey,
  layout,
  names,
  notes,
  selected,
  onSelect,
}: {
  id: string;
  journey: Journey;
  layout: StripLayout;
  names: ClientNames;
  notes: RowNotes;
  selected: string | null;
  onSelect: (hop: Hop) => void;
}) {
  const { width, height, tapY } = layout;
  const chosen = layout.nodes.find((n) => n.hop.id === selected) ?? null;
  const drawing = useRef<SVGSVGElement>(null);
  // walked by keys from within the strip, the focus goes along; elsewhere it stays where it is
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another hop is selected
  useEffect(() => {
    const svg = drawing.current;
    if (!svg?.contains(document.activeElement)) return;
    const next = svg.querySelector('[aria-pressed="true"]');
    if (next instanceof SVGElement) next.focus();
  }, [selected]);
  const press = (hop: Hop) => ({
    role: 'button',
    tabIndex: hop.id === selected ? 0 : -1,
    'aria-pressed': hop.id === selected,
    'aria-label': spoken(hop, names),
    className: styles.hit,
    onClick: () => onSelect(hop),
    onKeyDown: (event: React.KeyboardEvent) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      onSelect(hop);
    },
  });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing whose parts can be chosen, no form
    <svg
      ref={drawing}
      className={styles.strip}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="group"
      aria-label={`Journey strip: ${journey.hops.length} hops on ${journey.rows.length} rows`}
    >
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
      <Ground layout={layout} />
      <Lanes lanes={layout.lanes} notes={notes} tapY={tapY} width={width} />
      <Axis layout={layout} hidden={chosen && chosen.hop.at !== null ? chosen.x : null} />
      {chosen ? <path className={styles.selline} d={`M${chosen.x} ${AXIS}V${chosen.y - 13}`} /> : null}
      {layout.edges.map((edge) => (
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
      {layout.waits.map((wait) => (
        <g key={wait.hop.id} {...press(wait.hop)}>
          <title>{wait.hop.why}</title>
          <rect className={styles.target} x={wait.x0} y={wait.y - 10} width={wait.x1 - wait.x0} height={20} />
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
      {layout.held.map((held) => (
        <rect
          key={held.hop.id}
          className={cx(styles.span, held.atMost && styles.dashed)}
          x={held.x0}
          y={held.y - 8}
          width={held.x1 - held.x0}
          height={16}
        />
      ))}
      <Gaps id={id} journey={journey} layout={layout} />
      {layout.nodes.map((node) => (
        <g key={node.hop.id} {...press(node.hop)}>
          <title>{spoken(node.hop, names)}</title>
          {node.hop.kind === 'publish' ? (
            <>
              <path className={cx(styles.edge, styles.plain)} d={`M${node.x} ${node.y}H${node.out}`} />
              <Glyph hop="exchange" size={20} x={node.out - 10} y={node.y - 10} />
            </>
          ) : null}
          {node === chosen ? <circle className={styles.ring} cx={node.x} cy={node.y} r={13} /> : null}
          <circle className={styles.target} cx={node.x} cy={node.y} r={13} />
          <Glyph
            hop={shapeOf(node.hop)}
            mode={node.hop.provenance === 'inferred' ? 'inferred' : 'solid'}
            size={20}
            x={node.x - 10}
            y={node.y - 10}
          />
        </g>
      ))}
      {stripLabels(layout, names).map((label) => (
        <text
          key={label.key}
          x={label.x}
          y={label.y}
          textAnchor={label.anchor}
          className={cx(styles.knock, styles[label.look])}
        >
          {label.text}
          {label.name ? <tspan className={styles.mono}> {label.name}</tspan> : null}
        </text>
      ))}
      {chosen && chosen.hop.at !== null ? (
        <Pill x={chosen.x} at={chosen.hop.at} full={coveredBy(chosen.x, layout.axis.xs[0] ?? 0, true)} />
      ) : null}
    </svg>
  );
}

/** Hop, time and how we know, for screen readers and hover. */
function spoken(hop: Hop, names: ClientNames): string {
  const { words, name } = titleOf(hop, names);
  const at = hop.at === null ? 'time not known' : `${clockMs(hop.at)}, ${precisionOf(hop)}`;
  return `${words} ${name ?? ''}, ${at}, ${hop.provenance}. ${hop.why}`;
}

/** Folded stretches lie on sunken ground between torn edges. */
function Ground({ layout }: { layout: StripLayout }) {
  return (
    <>
      {layout.axis.stretches
        .filter((s) => s.folded)
        .map((s) => (
          <g key={s.x0}>
            <rect x={s.x0} y={AXIS} width={s.x1 - s.x0} height={layout.tapY - AXIS} className={styles.fold} />
            <path className={styles.zig} d={zigzag(s.x0, AXIS, layout.tapY)} />
            <path className={styles.zig} d={zigzag(s.x1, AXIS, layout.tapY)} />
          </g>
        ))}
    </>
  );
}

function zigzag(x: number, top: number, bottom: number): string {
  let path = `M${x} ${top}`;
  for (let y = top + 7, side = 2.5; y <= bottom; y += 7, side = -side) path += `L${x + side} ${y}`;
  return path;
}

/** The note in the label column; where it is too long, its second half, which says more than the type of the queue. */
function laneNote(note: string): string {
  const room = LABELS - 22;
  const fits = shorten(note, room) === note;
  return fits ? note : shorten(note.split(', ')[1] ?? note, room);
}

function Lanes({
  lanes,
  notes,
  tapY,
  width,
}: {
  lanes: readonly Lane[];
  notes: RowNotes;
  tapY: number;
  width: number;
}) {
  const href = useHref();
  return (
    <>
      {[AXIS, ...lanes.map((l) => l.y + l.height)].map((y) => (
        <path key={y} className={styles.hair} d={`M0 ${y}H${width}`} />
      ))}
      <path className={styles.hair} d={`M${LABELS} 0V${tapY + TAP}`} />
      {lanes.map(({ row, mid }) => {
        const name = row.name === '' ? 'default exchange' : row.name;
        const text = (
          <text x={14} y={mid - 1} className={styles.lane}>
            {shorten(name, LABELS - 28, true)}
          </text>
        );
        const note = notes.get(row.id) ?? (row.kind === 'exchange' ? 'exchange' : 'queue');
        return (
          <g key={row.id}>
            <title>{`${name}, ${note}`}</title>
            {row.kind === 'queue' ? <Link href={href(queuePath(row.vhost, row.name))}>{text}</Link> : text}
            <text x={14} y={mid + 15} className={styles.plain}>
              {laneNote(row.deadLetters ? `${note.split(',')[0]}, dead letters` : note)}
            </text>
          </g>
        );
      })}
      <text x={14} y={tapY + 18} className={styles.plain}>
        Tap
      </text>
    </>
  );
}

/** Whether the pill at `pill` takes the place of the label of the tick at `x`. */
function coveredBy(pill: number | null, x: number, first: boolean): boolean {
  return pill !== null && Math.abs(x + (first ? 22 : 0) - pill) < (first ? 72 : 52);
}

/** `hidden`: where the selected hop's own time stands in place of ticks. */
function Axis({ layout, hidden }: { layout: StripLayout; hidden: number | null }) {
  const ticks = ticksOf(layout.axis, axisTimes);
  const covered = (x: number, first: boolean) => coveredBy(hidden, x, first);
  return (
    <g>
      {layout.axis.stretches.map((s) => {
        const a = s.x0 + (s.x0 === layout.axis.xs[0] ? -16 : 3);
        const b = s.x1 - 3;
        const words = `${duration(s.toAt - s.fromAt)}${s.folded ? ', folded' : ''}`;
        const text = shorten(words, b - a + 4) || (b - a > 40 ? duration(s.toAt - s.fromAt) : '');
        return (
          <g key={s.x0}>
            <path className={styles.bracket} d={`M${a} 19V14H${b}V19`} />
            <text
              x={(a + b) / 2}
              y={18}
              textAnchor="middle"
              className={cx(styles.knock, styles.wideKnock, styles.plain)}
            >
              {text}
            </text>
          </g>
        );
      })}
      {ticks.map((tick) => (
        <g key={tick.at}>
          <path className={styles.bracket} d={`M${tick.x} 43V${AXIS}`} />
          {covered(tick.x, tick.first) ? null : (
            <text
              x={tick.first ? tick.x - 19 : tick.x}
              y={38}
              textAnchor={tick.first ? 'start' : 'middle'}
              className={styles.plain}
            >
              {tick.text}
            </text>
          )}
        </g>
      ))}
    </g>
  );
}

/** Bands in which hops may be missing, through all lanes; a wait that crosses one is dashed in it. */
function Gaps({ id, journey, layout }: { id: string; journey: Journey; layout: StripLayout }) {
  const y = layout.tapY + TAP / 2;
  const end = layout.width - 14;
  let line = `M${LABELS + 14} ${y}`;
  for (const band of layout.gaps) line += `H${band.x0}M${band.x1} ${y}`;
  return (
    <>
      <path className={styles.tap} d={`${line}H${end}`} />
      {layout.gaps.map((band, i) => {
        const gap = journey.gaps.find((g) => g.id === band.id);
        const wide = band.x1 - band.x0;
        const next = layout.gaps[i + 1]?.x0 ?? end;
        const words = gap ? gapWords(gap) : '';
        const after = next - band.x1 - 16;
        const before = band.x0 - (layout.gaps[i - 1]?.x1 ?? LABELS + 14) - 16;
        const right = after >= Math.min(before, words.length * 6.4);
        // a few letters of it say nothing: the hatch's title has all of it
        const text = shorten(words, right ? after : before);
        return (
          <g key={band.id}>
            <title>{words}</title>
            <rect
              x={band.x0}
              y={AXIS}
              width={wide}
              height={layout.tapY - AXIS}
              className={styles.gapGround}
            />
            <rect
              x={band.x0}
              y={AXIS}
              width={wide}
              height={layout.tapY - AXIS + 20}
              fill={`url(#${id}gap)`}
            />
            <path
              className={styles.gapEdge}
              d={`M${band.x0} ${AXIS}V${layout.tapY + 20}M${band.x1} ${AXIS}V${layout.tapY + 20}`}
            />
            {layout.waits
              .filter((w) => w.x0 < band.x1 && w.x1 > band.x0)
              .map((w) => (
                <rect
                  key={w.hop.id}
                  className={cx(styles.wait, styles.dashed)}
                  x={Math.max(w.x0, band.x0) + 1}
                  y={w.y - 3}
                  width={Math.max(2, Math.min(w.x1, band.x1) - Math.max(w.x0, band.x0) - 2)}
                  height={6}
                />
              ))}
            <text
              x={right ? band.x1 + 10 : band.x0 - 10}
              y={y + 4}
              textAnchor={right ? 'start' : 'end'}
              className={cx(styles.knock, styles.wideKnock, styles.name)}
            >
              {text === words || text.length > 24 ? text : ''}
            </text>
          </g>
        );
      })}
    </>
  );
}

/** The selected hop's time, on the axis; `full` where it hides the only label that says the hour. */
function Pill({ x: at0, at, full }: { x: number; at: number; full: boolean }) {
  const text = full ? clockMs(at) : pillText(at);
  const wide = text.length * 7 + 10;
  const x = Math.max(at0, LABELS + wide / 2 + 4);
  return (
    <g>
      <rect x={x - wide / 2} y={26} width={wide} height={18} rx={4} className={styles.pill} />
      <text x={x} y={39} textAnchor="middle" className={styles.pillText}>
        {text}
      </text>
    </g>
  );
}
