'use client';
import { ButtonLink } from '@/app/_ui/Button';
import { bytes, counted } from '@/app/_ui/format';
import type { ReplayAnswer } from '@/lib/model/api';
import type { ReplayJob } from '@/lib/model/replay';
import { isOpen, windowWords } from '../../_parts/replay-outcomes';
import { Held } from './Acts';
import { Head } from './Head';
import { Progress } from './Progress';
import { Rate } from './Rate';
import { Receipt } from './Receipt';
import styles from './replay.module.css';
import { Steps } from './Steps';

/** A job as it was read last. */
export function JobShown({ answer: { replay, progress } }: { answer: ReplayAnswer }) {
  // of one that has ended well the note stands beside what it came to, of an interrupted one in the banner
  const told = ['interrupted', 'done', 'following'].includes(replay.state) ? null : replay.note;
  return (
    <>
      <Head replay={replay} />
      <Held replay={replay} />
      {told ? (
        <p className={styles.note} role="status">
          {told}
        </p>
      ) : null}
      <div className="grid">
        <Progress replay={replay} />
        <Export replay={replay} />
        <div className={styles.two}>
          <Rate replay={replay} progress={progress} />
          <Steps steps={replay.steps} />
        </div>
        <Receipt replay={replay} />
        <p className="s t3">{footWords(replay)}</p>
        <p className="phone">
          <ButtonLink icon="download" download href={`/api/replays/${encodeURIComponent(replay.id)}/receipt`}>
            Receipt as CSV
          </ButtonLink>
        </p>
      </div>
    </>
  );
}

/** Of a deletion: the file that holds what was taken out. */
function Export({ replay }: { replay: ReplayJob }) {
  if (!replay.exported) return null;
  const { messages, bytes: size } = replay.exported;
  return (
    <p className={styles.note}>
      <span className="row">
        <span className="grow">
          What was deleted is kept in a file: {counted(messages, 'message')}, {bytes(size)}.
        </span>
        <ButtonLink icon="download" download href={`/api/replays/${encodeURIComponent(replay.id)}/export`}>
          Download the file
        </ButtonLink>
      </span>
    </p>
  );
}

function footWords({ state, request }: ReplayJob): string {
  if (isOpen(state))
    return `You can leave this page; the job runs on and the receipt stays here. Cancel stops within ${windowWords(request.keepOrder)} and reverts nothing.`;
  return request.act === 'replay'
    ? 'The receipt stays here. What becomes of the copies is noted as it is seen.'
    : 'The receipt stays here.';
}
