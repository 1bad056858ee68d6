/** Resident memory of a process and its children, from /proc (Linux). */
import { readdirSync, readFileSync } from 'node:fs';
import { wait } from './stage.ts';
import { percentile } from './statistics.ts';

export interface Resident {
  /** bytes */
  rss: number;
  /** Of it, what is no mapped file; null where the kernel does not say. */
  anonymous: number | null;
}

/** `VmRSS:     1234 kB` of /proc/PID/status, in bytes; null when the line is not there. */
export function statusBytes(status: string, field: string): number | null {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

/** The process and all below it. */
export function withChildren(pid: number): number[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const children = tasks.flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(withChildren)];
}

/** Throws where there is no /proc, or the process is gone. Pages that processes share count for each of them. */
export function resident(pid: number): Resident {
  let rss = 0;
  let anonymous: number | null = 0;
  for (const each of withChildren(pid)) {
    const status = readFileSync(`/proc/${each}/status`, 'utf8');
    rss += statusBytes(status, 'VmRSS') ?? 0;
    const own = statusBytes(status, 'RssAnon');
    anonymous = own === null || anonymous === null ? null : anonymous + own;
  }
  return { rss, anonymous };
}

export interface Settled extends Resident {
  afterMs: number;
}

/** Reads each second until ten readings stay within 2 % of each other, or `limitMs` are over; answers their median. */
export async function settled(pid: number, limitMs: number, signal: AbortSignal): Promise<Settled> {
  const began = performance.now();
  const readings: Resident[] = [];
  for (;;) {
    readings.push(resident(pid));
    const last = readings.slice(-10);
    const sizes = last.map((r) => r.rss);
    const calm = last.length === 10 && Math.max(...sizes) <= Math.min(...sizes) * 1.02;
    const afterMs = Math.round(performance.now() - began);
    if (calm || afterMs > limitMs) {
      const own = last.flatMap((r) => r.anonymous ?? []);
      return {
        rss: percentile(sizes, 0.5),
        anonymous: own.length === last.length ? percentile(own, 0.5) : null,
        afterMs,
      };
    }
    await wait(1_000, signal);
  }
}
