/** Small things that every script needs: where files go, how to speak, how to run a command, how to wait. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Something the user can mend. Printed as one line without a stack; the script ends with exit code 1. */
export class Refusal extends Error {
  override name = 'Refusal';
}

/** Where fetched things live; safe to delete at any time when nothing runs. */
export const cacheFolder = () => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hoplight');

/** Where remembered things live. */
export const stateFolder = () =>
  join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'hoplight');

/** A line for people, on stderr: stdout belongs to results that programs read. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Text of anything thrown. */
export const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** What `error.code` holds on Node's own errors ('ENOENT', 'EADDRINUSE', …). */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export type RunResult = { code: number; stdout: string; stderr: string };

/** Runs a command to its end and collects its output. Exit code 127 when it does not exist. */
export function run(
  command: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', (error) => resolve({ code: 127, stdout, stderr: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 128, stdout, stderr }));
  });
}

/** Like `run`, but a failing command throws with the last lines of what it said. Returns stdout. */
export async function must(
  command: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const result = await run(command, args, options);
  if (result.code === 0) return result.stdout;
  const said = (result.stderr || result.stdout).trim().split('\n').slice(-4).join(' | ');
  throw new Refusal(`${command} ${args.slice(0, 2).join(' ')} failed (exit ${result.code}): ${said}`);
}

/** Asks `check` every `every` ms until it answers something; undefined after `limit` ms. */
export async function until<T>(
  check: () => Promise<T | undefined> | T | undefined,
  limit: number,
  every = 100,
): Promise<T | undefined> {
  const end = performance.now() + limit;
  for (;;) {
    const answer = await check();
    if (answer !== undefined) return answer;
    if (performance.now() >= end) return undefined;
    await delay(every);
  }
}

/**
 * When a process started, in clock ticks since boot; undefined when it is gone or only a zombie.
 * Kept beside a process ID it tells that process from a later one with the same number.
 */
export function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name may hold spaces and brackets: count fields after its closing bracket (proc(5), fields 3 and 22).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
