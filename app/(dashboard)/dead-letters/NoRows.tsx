import { Button } from '@/app/_ui/Button';
import { Empty } from '@/app/_ui/Empty';
import { count, counted } from '@/app/_ui/format';
import type { DeadLetterQueue } from '@/lib/model/replay';
import type { Letters } from './letters';
import { PAGE } from './use-letters';

/** Why no message is listed: not read yet, none there, or none that the filter lets pass. */
export function NoRows({
  queue,
  letters,
  onClear,
}: {
  queue: DeadLetterQueue;
  letters: Letters | null;
  onClear: () => void;
}) {
  if (!letters)
    return queue.messages === 0 ? (
      <Empty title="The queue is empty" level={3}>
        Dead letters of the queues that lead here would stand here.
      </Empty>
    ) : (
      <Empty title="Not read yet" level={3}>
        {queue.reading.words} At most {count(PAGE)} messages are read at once, and all are put back.
      </Empty>
    );
  if (letters.where === '' || letters.read === 0)
    return (
      <Empty title="No message lies here" level={3}>
        The queue was empty when it was read.
      </Empty>
    );
  return (
    <Empty
      title={letters.next === null ? 'No message matches' : 'None matches so far'}
      level={3}
      action={<Button onClick={onClear}>Take the filter off</Button>}
    >
      {letters.next === null
        ? `All ${counted(letters.read, 'message')} were looked at.`
        : `The first ${count(letters.read)} of ${count(letters.inQueue)} were looked at. Go on below.`}
    </Empty>
  );
}
