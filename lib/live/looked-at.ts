/** A queue as it is shown to who looks at it: the common row, and what the broker told of it alone. Pure. */
import type { QueueDetails } from '../model/api.ts';
import type { Snapshot } from '../model/broker.ts';
import type { QueueRow } from '../model/live.ts';
import { DETAILS } from './costs.ts';
import type { Details } from './details.ts';
import { withDetails } from './details-truth.ts';
import type { Part, Reading } from './reading.ts';

export interface LookedAt {
  queue: QueueRow;
  /** Null: the row tells all. */
  details: QueueDetails | null;
  /** It went after the list was read. */
  isDeleted: boolean;
}

/** Figures that are older than this somebody who looks wants younger, ms. */
const OLD_MS = 10_000;

/** Whether the common reading tells bytes, utilisation and idle time of every queue, often enough. */
export function tellsDetails({ queues, pace }: Pick<Reading, 'queues' | 'pace'>): boolean {
  const everyMs = pace.everyMs.get('queues') ?? Number.POSITIVE_INFINITY;
  return queues.value !== null && !queues.failed && everyMs <= OLD_MS;
}

/** Of the last snapshot. */
interface Seen {
  nodes: readonly Pick<Snapshot['nodes'][number], 'running'>[];
  vhosts: readonly Pick<Snapshot['vhosts'][number], 'name'>[];
}

type Told = Awaited<ReturnType<Details['look']>>;

/** `listedAt`: when the list was read that the row is of; `notLive`: why nothing is asked just now. */
export function lookedAt(
  row: QueueRow,
  told: Told,
  common: { listedAt: number | null; snapshot: Seen; everyMs: number; notLive: string | null },
): LookedAt {
  const { askedAt, failed, value } = told;
  const known = value !== null && !failed;
  return {
    queue: withDetails(row, told, common.listedAt),
    details: {
      from: DETAILS,
      readAt: known ? askedAt : null,
      everyMs: common.everyMs,
      why: known ? null : whyUnknown(told, common.notLive),
    },
    isDeleted:
      failed?.code === 'not_found' && isYounger(told, common.listedAt) && isSure(row, common.snapshot),
  };
}

function whyUnknown({ failed }: Part<unknown>, notLive: string | null): string {
  if (failed === null)
    return (
      notLive ??
      'The broker has not answered yet: it takes long, or many queues are looked at and this one waits its turn.'
    );
  if (failed.code === 'not_found')
    return 'The broker does not find it, though it lists it: it was deleted just now, or its node is down.';
  return `${failed.why} ${failed.mend}`;
}

function isYounger({ askedAt }: Part<unknown>, listedAt: number | null): boolean {
  return askedAt !== null && (listedAt === null || askedAt > listedAt);
}

/** A broker does not find queues of a node that is down either, nor those that the account may not see any more. */
function isSure(row: QueueRow, { nodes, vhosts }: Seen): boolean {
  const isThere = nodes.length > 0 && nodes.every((n) => n.running);
  return isThere && row.state !== 'down' && vhosts.some((v) => v.name === row.vhost);
}
