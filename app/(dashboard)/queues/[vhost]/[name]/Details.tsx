import { bytes } from '@/app/_ui/format';
import { Time, TimeAgo } from '@/app/_ui/Time';
import { Unknown } from '@/app/_ui/Unknown';
import type { QueueDetail } from '@/lib/model/api';
import { paceWords } from '../../../_parts/reading-age';

/** How large it is, and since when idle; where these are read of this queue alone: when, and from where. */
export function Details({ detail: { queue, details } }: { detail: Pick<QueueDetail, 'queue' | 'details'> }) {
  const why = details?.why ?? 'the broker does not report it for this queue';
  return (
    <>
      <div>
        <dt>Size</dt>
        <dd className="wrap">
          {queue.bytes === null ? (
            <Unknown reason={why} showReason={details?.why != null} />
          ) : (
            bytes(queue.bytes)
          )}
        </dd>
      </div>
      {queue.idleSince === null ? null : (
        <div>
          <dt>Idle since</dt>
          <dd>
            <IdleSince text={queue.idleSince} />
          </dd>
        </div>
      )}
      {details?.readAt == null ? null : (
        <div>
          <dt>As of</dt>
          <dd className="s t3 wrap">
            <TimeAgo at={details.readAt} />: size, utilisation and how it is declared, read from{' '}
            <span className="mono">{details.from}</span> {paceWords(details.everyMs)} while somebody looks
          </dd>
        </div>
      )}
    </>
  );
}

/** A time with its zone is one; what else a broker writes stays as it is. */
function IdleSince({ text }: { text: string }) {
  const at = /[+-]\d\d:\d\d$|Z$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? text : <Time at={at} />;
}
