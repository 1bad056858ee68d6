'use client';
import { useState } from 'react';
import { useAct } from '@/app/_live/query';
import { Button } from '@/app/_ui/Button';
import { cx } from '@/app/_ui/cx';
import { counted } from '@/app/_ui/format';
import { Panel } from '@/app/_ui/Panel';
import { Problem } from '@/app/_ui/Problem';
import { TimeAgo } from '@/app/_ui/Time';
import type { NotificationStatus } from '@/lib/model/live';
import type { NotificationTestAnswer } from '@/lib/model/notification';
import styles from './status.module.css';
import { NEEDS_ADMINISTRATOR } from './words';

const hues = { on: 'settled', off: 'unknown', failing: 'dead' } as const;

/** Whether what needs a look is told elsewhere, and whether that arrives. */
export function Notifications({
  status,
  mayTest,
}: {
  /** Absent: the live picture is not there yet. */
  status: NotificationStatus | undefined;
  mayTest: boolean;
}) {
  const [said, setSaid] = useState<string | null>(null);
  const test = useAct<NotificationTestAnswer>('/api/notifications/test');
  if (status === undefined) return null;
  const { state, to, since, lastSentAt, waiting, words } = status;
  const send = async () => {
    setSaid(null);
    const answer = await test.act({});
    if (answer)
      setSaid(
        answer.arrived ? 'The test arrived.' : `The test did not arrive: ${answer.words ?? 'unknown'}.`,
      );
  };
  return (
    <Panel
      title="Notifications"
      hint="what needs a look, by webhook"
      more={
        state === 'off' ? null : (
          <Button
            small
            reason={mayTest ? undefined : NEEDS_ADMINISTRATOR}
            busy={test.busy}
            onClick={() => void send()}
          >
            Send a test
          </Button>
        )
      }
    >
      <div className={styles.tap}>
        <div className="row">
          <span className={cx('dot', state !== 'on' && 'ring', hues[state])} />
          <b className={to === null ? undefined : 'mono wrap'}>{to ?? 'No webhook'}</b>
          <span className={cx(state === 'failing' && 'dead ink')}>{state}</span>
          {since === null ? null : (
            <span className="s t3 nw">
              since <TimeAgo at={since} />
            </span>
          )}
        </div>
        {state === 'off' ? (
          <p className="s t2 wrap">
            Nothing is told elsewhere. Set <code>HOPLIGHT_WEBHOOK_URL</code> to have Slack, Mattermost or a
            program of yours told what needs a look.
          </p>
        ) : (
          <p className="s t2 wrap">
            {words === null ? null : `${words[0]?.toUpperCase()}${words.slice(1)}. `}
            {lastSentAt === null ? 'Nothing was sent since the start' : 'Last sent '}
            {lastSentAt === null ? null : <TimeAgo at={lastSentAt} />}
            {waiting === 0 ? ', nothing waits.' : `, ${counted(waiting, 'change')} to be told.`}
          </p>
        )}
        {test.problem ? <Problem problem={test.problem} quiet /> : null}
        {said === null ? null : (
          <p className="s t1 wrap" role="status">
            {said}
          </p>
        )}
      </div>
    </Panel>
  );
}
