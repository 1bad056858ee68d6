'use client';
import type { DeadLetterList } from '@/lib/model/api';
import type { DeadLetterQueue } from '@/lib/model/replay';
import { LostLetters } from './LostLetters';
import { QueueList } from './QueueList';
import { Replays } from './Replays';

/** Where none is chosen: all dead-letter queues, what was lost for want of one, the latest replays. */
export function AllQueues({
  queues,
  lost,
  onOpen,
  stale,
}: Pick<DeadLetterList, 'queues' | 'lost'> & { onOpen: (queue: DeadLetterQueue) => void; stale: boolean }) {
  return (
    <>
      <QueueList queues={queues} onOpen={onOpen} stale={stale} />
      {lost.length > 0 ? <LostLetters lost={lost} /> : null}
      <Replays />
    </>
  );
}
