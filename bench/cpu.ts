/** Processor time of a process and its children, from /proc (Linux). */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { withChildren } from './memory.ts';

let ticks: number | null = null;
/** Of a second; 100 nearly everywhere. */
function ticksPerSecond(): number {
  ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return ticks;
}

/** utime and stime of /proc/PID/stat, ticks. The name before them may hold spaces and brackets. */
export function ticksOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** ms of processor time until now, all threads. Throws where there is no /proc, or the process is gone. */
export function cpuMs(pid: number): number {
  let sum = 0;
  for (const each of withChildren(pid)) {
    try {
      sum += ticksOf(readFileSync(`/proc/${each}/stat`, 'utf8'));
    } catch (error) {
      if (each === pid) throw error; // a child may end in between
    }
  }
  return (sum / ticksPerSecond()) * 1_000;
}
