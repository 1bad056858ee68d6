import { count } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import type { Plan, ReplayAct } from '@/lib/model/replay';
import styles from './plan.module.css';
import { goesOf } from './plan-words';

const cut = (name: string, most: number) => (name.length > most ? `${name.slice(0, most - 1)}…` : name);

/** The way of a copy, drawn for the one target that a plan mostly has. */
export function PlanRoute({ plan, act }: { plan: Plan; act: ReplayAct }) {
  const [target, ...more] = plan.targets;
  const [reach, ...others] = target?.reaches ?? [];
  if (!target || !reach || more.length > 0 || others.length > 0) return null;
  const exchange = target.exchange || 'default';
  const consumers =
    reach.consumers === null
      ? 'consumers unknown'
      : reach.consumers === 1
        ? '1 consumer'
        : `${count(reach.consumers)} consumers`;
  return (
    <svg
      viewBox="0 0 472 90"
      className={styles.route}
      role="img"
      aria-label={`${plan.queue}, ${act}, exchange ${exchange}, ${reach.queue}, ${consumers}`}
    >
      <defs>
        <marker
          id="route-arrow"
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
      <rect x="6" y="23" width="118" height="6" rx="3" fill="var(--hop-waiting)" />
      <path d="M126 26H153" stroke="var(--hop-replayed)" strokeWidth="1.5" markerEnd="url(#route-arrow)" />
      <Glyph hop="replayed" size={20} x={156} y={16} />
      <path d="M177 26H236" stroke="var(--hop-replayed)" strokeWidth="1.5" markerEnd="url(#route-arrow)" />
      <Glyph hop="exchange" mode="hollow" size={20} x={239} y={16} />
      <path d="M260 26H312" stroke="var(--text-3)" strokeWidth="1.5" markerEnd="url(#route-arrow)" />
      <rect x="316" y="23" width="60" height="6" rx="3" fill="var(--hop-waiting)" />
      <path d="M378 26H408" stroke="var(--text-3)" strokeWidth="1.5" markerEnd="url(#route-arrow)" />
      <Glyph hop="delivered" mode={reach.consumers === 0 ? 'hollow' : 'solid'} size={20} x={411} y={16} />
      <text x="6" y="50" className={styles.routeName}>
        {cut(plan.queue, 18)}
      </text>
      <text x="6" y="66">
        {count(goesOf(plan))} of {count(plan.inQueue)}
      </text>
      <text x="166" y="50" textAnchor="middle" className={styles.routeReplay}>
        {act}
      </text>
      <text x="166" y="66" textAnchor="middle">
        confirmed
      </text>
      <text x="249" y="50" textAnchor="middle" className={styles.routeWord}>
        {cut(exchange, 12)}
      </text>
      <text x="249" y="66" textAnchor="middle">
        exchange
      </text>
      <text x="310" y="50" className={styles.routeName}>
        {cut(reach.queue, 21)}
      </text>
      <text x="310" y="66">
        {reach.type}
        {reach.depth === null ? '' : `, depth ${count(reach.depth)}`}
      </text>
      <text x="310" y="80">
        {consumers}
      </text>
    </svg>
  );
}
