import { cx } from './cx';

/** Line icons on a 16 × 16 grid: navigation and controls. Hops have glyphs, not icons. */
const PATHS = {
  overview: 'M2.5 9 5 5.5l3 4.5 2-3h3.5M2.5 13.5h11',
  queues: 'M2 4.5h12M2 8h12M2 11.5h7',
  consumers: 'M8 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM3 13.5c.4-2.6 2.3-4 5-4s4.6 1.4 5 4',
  journeys:
    'M2.5 11.5a1.5 1.5 0 1 0 3 0 1.5 1.5 0 0 0-3 0Zm2.2-1.2C5.5 7 7 5.5 8.5 5.5s2.4 1 2.8 3M10.5 11.5a1.5 1.5 0 1 0 3 0 1.5 1.5 0 0 0-3 0Zm.8-3v1.5',
  'dead-letters': 'M4 4l8 8M12 4l-8 8',
  publish: 'M8 13V4M4.5 7 8 3.5 11.5 7',
  audit: 'M4 2.5h8v11H4ZM6.5 5.5h3M6.5 8h3',
  status: 'M2 8.5h3l1.5-4.5 3 8 1.5-3.5h3',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.5 10.5 13.5 13.5',
  down: 'M4.5 6.5 8 10l3.5-3.5',
  right: 'M6.5 4.5 10 8l-3.5 3.5',
  left: 'M9.5 4.5 6 8l3.5 3.5',
  close: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  check: 'M3.5 8.5l3 3 6-6.5',
  filter: 'M2.5 4h11M4.5 8h7M6.5 12h3',
  columns: 'M2.5 3h11v10h-11ZM6.5 3v10M10 3v10',
  delete: 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9',
  play: 'M5 3.5 12 8l-7 4.5Z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  copy: 'M5.5 5.5h7v7h-7ZM3.5 10V3.5H10',
  warn: 'M8 2 14 13H2ZM8 6.5V9.5M8 11.2v.01',
  download: 'M8 3v7M5 7.5 8 10.5l3-3M3 13.5h10',
  open: 'M9 3h4v4M13 3 7.5 8.5M11 9.5V13H3V5h3.5',
  edit: 'M3 13l.6-2.8 7.2-7.2 2.2 2.2-7.2 7.2L3 13ZM9.3 4.5l2.2 2.2',
  collapse: 'M2.5 3h11v10h-11ZM6 3v10M10.5 6.5 9 8l1.5 1.5',
  expand: 'M2.5 3h11v10h-11ZM6 3v10M9 6.5 10.5 8 9 9.5',
  retry: 'M12.5 5.5A5 5 0 1 0 13 8.5M13 3v2.7h-2.7',
} as const;

export type IconName = keyof typeof PATHS;

/** A line icon in the colour of its text. Always beside a word, or in a button with an `aria-label`. */
export function Icon({ name, size = 16, className }: { name: IconName; size?: number; className?: string }) {
  return (
    <svg className={cx('i', className)} viewBox="0 0 16 16" width={size} height={size} aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The product's mark: a hop, from a small point to a lit one. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg viewBox="0 0 22 22" width={size} height={size} fill="none" aria-hidden="true">
      <path
        d="M3.5 16.5C4.5 9 7.8 5.5 11 5.5c2.6 0 4.3 2.1 4.9 5.2"
        stroke="var(--accent)"
        strokeWidth="2"
        strokeLinecap="round"
      />
      <circle cx="3.5" cy="16.5" r="2.3" fill="var(--text-3)" />
      <circle cx="16.5" cy="15.5" r="4.3" fill="var(--accent)" />
      <circle cx="16.5" cy="15.5" r="1.6" fill="var(--on-accent)" />
    </svg>
  );
}
