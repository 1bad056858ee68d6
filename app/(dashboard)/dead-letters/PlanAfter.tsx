import type { ReplayAct } from '@/lib/model/replay';
import { windowWords } from '../_parts/replay-outcomes';

/** What there will be to read, what stopping does, and what a crash can do. */
export function PlanAfter({ act, keepOrder }: { act: ReplayAct; keepOrder: boolean }) {
  const window = windowWords(keepOrder);
  return (
    <>
      <h2>Afterwards</h2>
      {act === 'delete' ? (
        <p>
          The file stays with the job, to be downloaded from its page; it holds each message with its bytes,
          so that it can be published again. Stop acts within {window} and puts nothing back. A receipt names
          every message as deleted or as having stayed, and why.
        </p>
      ) : act === 'move' ? (
        <p>
          A receipt names every message as moved, returned, skipped or unknown. What becomes of them there is
          not followed. Stop acts within {window} and moves nothing back. A crash can move messages twice,
          never lose one: the receipt lists them.
        </p>
      ) : (
        <p>
          A receipt names every message as settled, delivered, died again, returned, skipped or unknown. Stop
          acts within {window} and reverts nothing. A crash can send messages twice, never lose one: the
          receipt lists them.
        </p>
      )}
    </>
  );
}
