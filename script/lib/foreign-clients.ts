/**
 * Clients of other makes than ours, for the tests: Debian's amqp-tools (C), pika and Qpid Proton (Python; AMQP 0-9-1 and
 * 1.0). Unpacked into the cache folder, never installed.
 */
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { candidate, downloadForThisMachine, hasApt, unpack } from './apt.ts';
import { withLock } from './lock.ts';
import { cacheFolder, must, Refusal, say, textOf } from './shell.ts';

const packages = ['amqp-tools', 'python3-pika', 'python3-qpid-proton'];
/** Debian's own: the unpacked modules are built for it, whatever other Python comes first in PATH. */
const python = '/usr/bin/python3';

export interface ForeignClients {
  amqpPublish: string;
  amqpConsume: string;
  python: string;
  /** For all of them: where their libraries and modules are. */
  env: NodeJS.ProcessEnv;
}

const home = () => join(cacheFolder(), 'foreign-clients');

/** The clients, when they are there already; looks only. */
export function findForeignClients(): ForeignClients | null {
  if (!existsSync(python)) return null;
  for (const root of [home(), '/']) {
    const inRoot = (...path: string[]) => join(root, 'usr', ...path);
    const modules = inRoot('lib/python3/dist-packages');
    const there = [inRoot('bin/amqp-publish'), join(modules, 'pika'), join(modules, 'proton')];
    if (!there.every((path) => existsSync(path))) continue;
    const libraries = readdirSync(inRoot('lib')).filter((name) => name.endsWith('-linux-gnu'));
    return {
      amqpPublish: inRoot('bin/amqp-publish'),
      amqpConsume: inRoot('bin/amqp-consume'),
      python,
      env: {
        NODE_ENV: process.env.NODE_ENV,
        PATH: '/usr/bin:/bin',
        LANG: 'C.UTF-8',
        LD_LIBRARY_PATH: libraries.map((name) => inRoot('lib', name)).join(':'),
        PYTHONPATH: modules,
      },
    };
  }
  return null;
}

/** Gets them when they are not there; null with a line that says why, where that cannot be. */
export async function getForeignClients(): Promise<ForeignClients | null> {
  const here = findForeignClients();
  if (here) return here;
  const without = (why: string) => {
    say(`Tests with clients of other makes are skipped: ${why}`);
    return null;
  };
  if (!existsSync(python)) return without(`there is no ${python}.`);
  if (!(await hasApt())) return without('apt is not here, and they come from Debian.');
  try {
    await fetchThem();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return without(textOf(error));
  }
  return findForeignClients() ?? without('Debian’s packages hold something else than expected.');
}

async function fetchThem(): Promise<void> {
  const offered = async () => (await Promise.all(packages.map(candidate))).every(Boolean);
  if (!(await offered()) && process.getuid?.() === 0) await must('apt-get', ['update', '-q']);
  if (!(await offered())) throw new Refusal(`apt offers no ${packages.join(', ')}.`);
  await withLock(`${home()}.lock`, async () => {
    if (findForeignClients()) return;
    say(`Fetching ${packages.join(', ')} from this machine's own apt sources (about 1 MB) into ${home()}`);
    const part = `${home()}.part`;
    rmSync(part, { recursive: true, force: true });
    await downloadForThisMachine(packages, join(part, 'debs'));
    await unpack(join(part, 'debs'), part);
    rmSync(home(), { recursive: true, force: true });
    renameSync(part, home());
  });
}
