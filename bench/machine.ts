/** The machine that a figure was measured on. No host name and no paths: results may be committed. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  cpu: string;
  cores: number;
  memoryBytes: number;
  system: string;
  kernel: string;
  /** Of one minute, before the run: figures of a busy machine say so themselves. */
  loadBefore: number;
}

function systemName(): string {
  try {
    const line = readFileSync('/etc/os-release', 'utf8').match(/^PRETTY_NAME="?([^"\n]*)/m);
    return line?.[1] ?? process.platform;
  } catch {
    return process.platform;
  }
}

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: systemName(),
    kernel: release(),
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}
