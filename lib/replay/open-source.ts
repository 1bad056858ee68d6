/** Opens what dead letters are read from: a queue, or a stream. */
import type { AmqpConnection } from '../amqp/connection.ts';
import type { Queue, Snapshot } from '../model/broker.ts';
import { rulesOf } from './queue-facts.ts';
import { type LetterSource, Source } from './source.ts';
import { StreamSource } from './stream-source.ts';

export interface OpenOptions {
  /** Nobody else may consume while it reads; refused while others do. Of a stream everybody may read. */
  exclusive: boolean;
  /** Most messages that are delivered and neither acked nor held, 1 to 65,535. */
  window: number;
  /** Not of a stream: an earlier connection of the same job ended, and what it held may come late. */
  resumed?: boolean | undefined;
  /** Of a stream: offsets of the first and the last message that are wanted; default: from its first to its last now. */
  from?: number;
  to?: number;
}

/** Throws HoplightError not_found, forbidden, broker_unreachable, or conflict when somebody else consumes from it. */
export function openSource(
  connection: AmqpConnection,
  snapshot: Pick<Snapshot, 'version'>,
  queue: Queue,
  options: OpenOptions,
): Promise<LetterSource> {
  if (queue.type === 'stream') return StreamSource.open(connection, queue.name, options);
  const { exclusive, window, resumed } = options;
  return Source.open(connection, queue.name, {
    exclusive,
    window,
    resumed,
    putBack: rulesOf(snapshot, queue).putBack,
  });
}
