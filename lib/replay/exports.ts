/** The files of deletions: read by those who may, and removed when their days are over. */
import { access, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Audit } from '../audit/record.ts';
import { log, wordsOf } from '../log.ts';
import { HoplightError } from '../model/errors.ts';
import type { ReplayJob } from '../model/replay.ts';
import type { StateStore } from '../store/state.ts';
import { exportLines } from './export-file.ts';
import { exportFile } from './lane-for.ts';

const DAY_MS = 86_400_000;
/** How often it is looked for files whose days are over, ms. */
const LOOK_MS = 3_600_000;

export interface ExportsDeps {
  state: Pick<StateStore, 'getJob' | 'updateJob' | 'addJobStep'>;
  audit: Pick<Audit, 'act'>;
  exportsDir: string;
  exportDays: number;
  clock: () => number;
}

export interface Exports {
  /** Each message once, as a line of JSON without its end. Throws not_found: nothing was written, or its days are over. */
  lines(job: ReplayJob): Promise<AsyncGenerator<Buffer>>;
  /** Removes what is older than it may be; now, and from time to time until `stop()`. */
  start(): Promise<void>;
  sweep(): Promise<void>;
  stop(): void;
}

export function createExports(d: ExportsDeps): Exports {
  let timer: NodeJS.Timeout | undefined;

  /** Never throws: a file that cannot be removed is tried again. */
  async function sweep(): Promise<void> {
    const names = await readdir(d.exportsDir).catch(() => []);
    for (const name of names.filter((n) => n.endsWith('.ndjson'))) {
      try {
        await removeWhenOver(name);
      } catch (error) {
        log.warn('the file of a deletion could not be removed', { file: name, error: wordsOf(error) });
      }
    }
  }

  async function removeWhenOver(name: string): Promise<void> {
    const id = name.slice(0, -'.ndjson'.length);
    const file = join(d.exportsDir, name);
    const job = d.state.getJob(id);
    // whoever resumes it goes on writing
    if (job && job.endedAt === null) return;
    const since = job?.endedAt ?? (await stat(file)).mtimeMs;
    if (d.clock() - since <= d.exportDays * DAY_MS) return;
    const days = d.exportDays === 1 ? 'a day' : `${d.exportDays} days`;
    await d.audit.act(
      {
        by: 'Hoplight',
        kind: 'export removal',
        words: `Remove what deletion ${id} took out${job ? ` of ${job.queue}` : ''}, after ${days}`,
        intent: { vhost: job?.vhost, queue: job?.queue, job: id, exported: job?.exported ?? null },
        href: job ? `/replays/${id}` : null,
      },
      () => unlink(file),
      () => 'removed',
    );
    if (!job) return;
    d.state.updateJob(id, { exported: null });
    d.state.addJobStep(id, { at: d.clock(), words: `The file was removed after ${days}` });
  }

  return {
    async lines(job) {
      const file = exportFile(d.exportsDir, job.id);
      const there = await access(file).then(
        () => true,
        () => false,
      );
      if (there) return exportLines(file);
      const never = job.request.act !== 'delete';
      throw new HoplightError(
        'not_found',
        never
          ? `Replay ${job.id} took nothing out into a file.`
          : `There is no file of deletion ${job.id}: it took nothing out, or its ${d.exportDays} days are over.`,
        { notDone: 'Nothing was sent.' },
      );
    },
    sweep,
    async start() {
      timer = setInterval(() => void sweep(), LOOK_MS);
      timer.unref();
      await sweep();
    },
    stop: () => clearInterval(timer),
  };
}
