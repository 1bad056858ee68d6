'use client';
import { CopyButton } from '@/app/_ui/CopyButton';
import { cx } from '@/app/_ui/cx';
import { Icon } from '@/app/_ui/Icon';
import { Menu } from '@/app/_ui/Menu';
import type { Hop, Journey } from '@/lib/model/journey';
import styles from './journey.module.css';

const FORMATS = [
  { format: 'json', name: 'JSON', words: 'the journey as it is shown: hops, gaps, messages, reasons' },
  { format: 'otlp', name: 'OTLP', words: 'its hops as OpenTelemetry spans, for a trace viewer' },
] as const;

/** The journey for elsewhere: as a file, or as a link to where one is looking. */
export function ExportMenu({ journey, hop }: { journey: Journey; hop: Hop | null }) {
  const door = `/api/journeys/${encodeURIComponent(journey.id)}/export?format=`;
  return (
    <Menu label="Export this journey" width={320} button={{ icon: 'download', children: 'Export' }}>
      {(close) => (
        <>
          <ul className={styles.menu}>
            {FORMATS.map(({ format, name, words }) => (
              <li key={format}>
                <a href={`${door}${format}`} download onClick={close}>
                  <Icon name="download" size={14} />
                  <span>
                    <span className="t1">Download {name}</span>
                    <span className={cx('s t3', styles.menuLine)}>{words}</span>
                  </span>
                </a>
              </li>
            ))}
          </ul>
          <p className={cx('row', styles.menuNote)}>
            <CopyButton text={permalink(journey, hop)} what="the link to this hop">
              Copy link to this hop
            </CopyButton>
          </p>
        </>
      )}
    </Menu>
  );
}

/** The address of this page by the journey's own ID, with the selected hop; the rest of the view as it is. */
function permalink(journey: Journey, hop: Hop | null): string {
  if (typeof location === 'undefined') return '';
  const url = new URL(location.href);
  url.pathname = `/journeys/${encodeURIComponent(journey.id)}`;
  if (hop) url.searchParams.set('hop', hop.id);
  return url.href;
}
