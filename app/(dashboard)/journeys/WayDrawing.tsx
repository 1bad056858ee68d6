import { Glyph } from '@/app/_ui/Glyph';
import styles from './journeys.module.css';

/** A journey in small, to show what the page will hold. */
export function WayDrawing() {
  return (
    <svg
      className={styles.drawing}
      viewBox="0 0 560 108"
      role="img"
      aria-label="Published, waited in a queue, delivered, died and why, waited as a dead letter, replayed, delivered, settled"
    >
      <path className={styles.edge} d="M25 30H60M77 30H180" />
      <path className={styles.deadEdge} d="M306 40V71Q306 77 312 77H318" />
      <path className={styles.replayEdge} d="M417 67V36Q417 30 423 30H446" />
      <rect className={styles.wait} x="92" y="27" width="80" height="6" rx="3" />
      <rect className={styles.wait} x="316" y="74" width="92" height="6" rx="3" />
      <rect className={styles.held} x="200" y="22" width="97" height="16" />
      <rect className={styles.held} x="464" y="22" width="56" height="16" />
      <Glyph hop="published" size={20} x={16} y={20} />
      <Glyph hop="exchange" size={20} x={57} y={20} />
      <Glyph hop="delivered" size={20} x={190} y={20} />
      <Glyph hop="dead" size={20} x={296} y={20} />
      <Glyph hop="replayed" size={20} x={407} y={67} />
      <Glyph hop="delivered" size={20} x={446} y={20} />
      <Glyph hop="settled" size={20} x={512} y={20} />
      <text x="16" y="57">
        published
      </text>
      <text x="92" y="57">
        waited
      </text>
      <text x="190" y="57">
        delivered
      </text>
      <text x="290" y="14">
        died, and why
      </text>
      <text x="316" y="100">
        dead letter
      </text>
      <text x="434" y="82">
        replayed
      </text>
      <text x="506" y="57">
        settled
      </text>
    </svg>
  );
}
