/** A process that we started and that ends with us. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

export type Child = {
  process: ChildProcess;
  /** How it ended: 'exit code 1', 'SIGKILL'. */
  ended: Promise<string>;
  /** SIGTERM, and SIGKILL after `grace` ms. Resolves once it is gone. */
  stop: (grace: number) => Promise<void>;
};

const setpriv = '/usr/bin/setpriv';

/** `node args` as a command that the kernel ends when we are killed, where util-linux's setpriv is there to ask it. */
export function endingWithUs(args: string[]): [string, ...string[]] {
  const node: [string, ...string[]] = [process.execPath, ...args];
  return existsSync(setpriv) ? [setpriv, '--pdeathsig', 'TERM', ...node] : node;
}

/** Starts `node args` in a process group of its own, so that Ctrl-C reaches us alone and we can end things in order. */
export function startNodeProcess(args: string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Child {
  const [command, ...rest] = endingWithUs(args);
  const child = spawn(command, rest, { ...options, detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const stop = async (grace: number) => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), grace);
    await ended;
    clearTimeout(timer);
  };
  return { process: child, ended, stop };
}
