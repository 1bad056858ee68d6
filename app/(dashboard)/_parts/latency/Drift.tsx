import { duration } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import type { Drift } from './latency-view';

/** Whether delivery got slower of late, in words. */
export function DriftWords({ drift, brief }: { drift: Drift | null; brief?: boolean }) {
  if (drift === null) return <span className="t3">{brief ? 'too few to tell' : ''}</span>;
  const { word, before, lately } = drift;
  if (word === 'as before') return <span className="t3">{brief ? word : 'As before of late.'}</span>;
  const times = `p95 ${duration(before)} → ${duration(lately)}`;
  return (
    <span className="row nw" style={{ display: 'inline-flex' }}>
      {word === 'slower' ? <Glyph hop="warn" size={14} /> : null}
      <span className={word === 'slower' ? 't1' : 't2'}>{brief ? word : `Of late ${word}:`}</span>
      <span className="t3">
        {times}
        {brief ? '' : '.'}
      </span>
    </span>
  );
}
