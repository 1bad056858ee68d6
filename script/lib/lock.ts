/** One at a time across processes: a folder that exists while somebody holds the lock. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf, Refusal, startOf, until } from './shell.ts';

const owner = () => `${process.pid} ${startOf(process.pid) ?? ''}`;

function heldByTheDead(path: string): boolean {
  try {
    const [pid, start] = readFileSync(join(path, 'owner'), 'utf8').split(' ');
    return startOf(Number(pid)) !== start;
  } catch {
    return false; // taken this instant, its owner not written yet; or just released
  }
}

/**
 * Runs `work` while holding the lock at `path`, waiting up to `limit` ms for another holder.
 * A lock whose process is gone is taken over. Throws a Refusal when the wait is over.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, limit = 300_000): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const got = await until(() => {
    try {
      mkdirSync(path);
      writeFileSync(join(path, 'owner'), owner());
      return true;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      if (heldByTheDead(path)) rmSync(path, { recursive: true, force: true });
      return undefined;
    }
  }, limit);
  if (!got)
    throw new Refusal(
      `Another process has held ${path} for ${limit / 1000} s; remove it if that process is gone.`,
    );
  try {
    return await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}
