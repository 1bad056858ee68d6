/** Which way the chosen messages of a job take: copies to the broker, or lines of the job's file. */
import { join } from 'node:path';
import type { ReplayJob } from '../model/replay.ts';
import type { Actor, ReplayDeps } from './deps.ts';
import { ExportLane } from './export-lane.ts';
import { type CopyLane, Lane } from './lane.ts';

/** How often the job is told of what its file holds, ms. */
const TELL_MS = 1_000;

/** `onBlocked` is told why the broker takes no publishes for now, and null when it does again. */
export function laneFor(
  d: Pick<ReplayDeps, 'state' | 'exportsDir' | 'clock'>,
  actor: Actor,
  job: Pick<ReplayJob, 'id' | 'vhost' | 'request'>,
  onBlocked: (reason: string | null) => void,
): CopyLane {
  if (job.request.act !== 'delete')
    return new Lane(() => actor.connect(job.vhost, `hoplight: replay ${job.id}, copies`), onBlocked);
  let told = Number.NEGATIVE_INFINITY;
  return new ExportLane({
    file: exportFile(d.exportsDir, job.id),
    onWritten: (exported, last) => {
      if (!last && d.clock() - told < TELL_MS) return;
      told = d.clock();
      d.state.updateJob(job.id, { exported });
    },
  });
}

/** Job IDs are our own hex digits; anything else names no file. */
export function exportFile(exportsDir: string, jobId: string): string {
  return join(exportsDir, `${jobId.replace(/[^\w-]/g, '_')}.ndjson`);
}
