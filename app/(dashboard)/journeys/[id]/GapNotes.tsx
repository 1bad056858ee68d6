import { Glyph } from '@/app/_ui/Glyph';
import type { Journey } from '@/lib/model/journey';
import { gapSentence, isBand } from './gap-words';
import styles from './journey.module.css';

/** What holds for the whole journey: that only a part of the broker is listened to, or of the journeys kept. */
export function GapNotes({ journey }: { journey: Journey }) {
  const notes = journey.gaps.filter((gap) => !isBand(gap));
  if (notes.length === 0) return null;
  return (
    <ul className={styles.gapNotes} aria-label="What is not listened to">
      {notes.map((gap) => (
        <li key={gap.id} className="row">
          <Glyph hop="unknown" size={14} />
          <span className="wrap">{gapSentence(gap)}</span>
        </li>
      ))}
    </ul>
  );
}
