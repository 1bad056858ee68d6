/**
 * Finds a RabbitMQ server to run, or fetches one into the cache folder. Nothing is installed on the machine.
 *
 *   3.10  Debian bookworm     4.0  Debian trixie     4.3  Debian forky
 *
 * Order: a server already installed; one fetched before; the machine's own suite (unpacked, runs as it is);
 * that version's Debian suite (a root of its own, entered with chroot in a private mount namespace, since its
 * libraries are newer or older than the machine's); Docker, when an engine answers.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { arch } from 'node:os';
import { dirname, join } from 'node:path';
import { candidate, downloadForThisMachine, downloadFromSuite, hasApt, prepareRoot, unpack } from './apt.ts';
import { withLock } from './lock.ts';
import { cacheFolder, must, Refusal, run, say } from './shell.ts';

/**
 * How to run one version.
 * - installed: `sbin` on this machine, with its own Erlang
 * - tree: unpacked under `root`, runs in place
 * - root: unpacked under `root`, entered with chroot; `sbin` is the path inside
 * - docker: an image
 */
export type Server = {
  kind: 'installed' | 'tree' | 'root' | 'docker';
  version: string;
  root: string;
  sbin: string;
};

const suites: Record<string, string> = { '3.10': 'bookworm', '4.0': 'trixie', '4.3': 'forky' };

/** What RabbitMQ's and Erlang's shell scripts call, beside what the packages depend on. */
const shellTools = [
  'base-files',
  'dash',
  'coreutils',
  'sed',
  'grep',
  'mawk',
  'procps',
  'util-linux',
  'libc-bin',
];

/** '3.10.8-1.1+deb12u1' → '3.10'. */
const seriesOf = (version: string) => version.split('.').slice(0, 2).join('.');

/** The folder `sbin` of the RabbitMQ unpacked under `root`, and its version by the folder's name. */
function findSbin(root: string): { sbin: string; version: string } | undefined {
  const lib = join(root, 'usr/lib/rabbitmq/lib');
  const folder = existsSync(lib)
    ? readdirSync(lib).find((name) => name.startsWith('rabbitmq_server-'))
    : undefined;
  if (!folder) return undefined;
  return { sbin: join(lib, folder, 'sbin'), version: folder.slice('rabbitmq_server-'.length) };
}

function installed(): Server | undefined {
  const debian = findSbin('/');
  if (debian) return { kind: 'installed', root: '/', ...debian };
  for (const folder of (process.env.PATH ?? '').split(':')) {
    const script = join(folder, 'rabbitmq-server');
    if (!folder || !existsSync(script)) continue;
    const sbin = dirname(realpathSync(script));
    const version = /rabbitmq(?:_server)?[-/](\d+\.\d+\.\d+)/.exec(sbin)?.[1];
    if (version && existsSync(join(sbin, 'rabbitmq-env')))
      return { kind: 'installed', root: '/', sbin, version };
  }
  return undefined;
}

/** Debian's `erl` and `start` have /usr/lib/erlang written into them: make the copies under `root` say `home`'s. */
function moveErlang(root: string, home: string): void {
  const erlang = join(root, 'usr/lib/erlang');
  const folders = [
    'bin',
    ...readdirSync(erlang)
      .filter((name) => name.startsWith('erts-'))
      .map((name) => join(name, 'bin')),
  ];
  for (const folder of folders) {
    for (const name of ['erl', 'start']) {
      const file = join(erlang, folder, name);
      if (!existsSync(file)) continue;
      const moved = readFileSync(file, 'utf8').replaceAll(
        'ROOTDIR=/usr/lib/erlang',
        `ROOTDIR="${join(home, 'usr/lib/erlang')}"`,
      );
      rmSync(file);
      writeFileSync(file, moved, { mode: 0o755 });
    }
  }
}

/** The few files of /etc that a process in the unpacked root looks up, and the places where it gets things mounted. */
function furnish(root: string): void {
  const { uid, gid } = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const files: Record<string, string> = {
    'etc/passwd': `root:x:0:0:root:/root:/bin/sh\n${uid === 0 ? '' : `user:x:${uid}:${gid}:user:/node:/bin/sh\n`}`,
    'etc/group': `root:x:0:\n${gid === 0 ? '' : `user:x:${gid}:\n`}`,
    'etc/hosts': '127.0.0.1 localhost\n::1 localhost\n',
    'etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
  };
  for (const folder of ['proc', 'dev', 'node', 'tmp', 'etc'])
    mkdirSync(join(root, folder), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
}

/** Builds the folder `home` beside and moves it into place, so that a fetch that was cut off leaves nothing. */
async function fetched(home: string, build: (part: string) => Promise<void>): Promise<void> {
  if (existsSync(home)) return;
  await withLock(`${home}.lock`, async () => {
    if (existsSync(home)) return;
    const part = `${home}.part`;
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true });
    await build(part);
    renameSync(part, home);
  });
}

async function fromOwnSuite(version: string, home: string): Promise<void> {
  say(`Fetching RabbitMQ ${version} from this machine's own apt sources (about 35 MB) into ${home}`);
  await fetched(home, async (part) => {
    await downloadForThisMachine(['rabbitmq-server'], join(part, 'debs'));
    await unpack(join(part, 'debs'), part);
    moveErlang(part, home);
  });
}

async function fromOtherSuite(series: string, suite: string, home: string): Promise<void> {
  say(
    `Fetching RabbitMQ ${series} from the suite ${suite} of this machine's apt mirror (about 80 MB) into ${home}`,
  );
  await fetched(home, async (part) => {
    const debs = await downloadFromSuite(suite, ['rabbitmq-server', ...shellTools], join(part, 'apt'));
    prepareRoot(part);
    await unpack(debs, part);
    rmSync(join(part, 'apt'), { recursive: true, force: true });
    furnish(part);
  });
}

const dockerAnswers = async () =>
  (await run('docker', ['version', '--format', '{{.Server.Version}}'])).code === 0;

/** The version to run when none was asked for. */
async function defaultSeries(): Promise<string> {
  const here = installed();
  if (here) return seriesOf(here.version);
  const offered = (await hasApt()) ? await candidate('rabbitmq-server') : undefined;
  if (offered) return seriesOf(offered);
  if (await hasApt()) return '3.10';
  if (await dockerAnswers()) return '4.3';
  throw new Refusal(
    'No RabbitMQ here and no way to get one: needs an installed rabbitmq-server, apt, or a running Docker engine.',
  );
}

/**
 * A server of the asked series ('3.10'), or of this machine's own choice. Fetches at most once per series.
 * Throws a Refusal that says what is missing.
 */
export async function getServer(wanted?: string): Promise<Server> {
  const series = seriesOf(wanted ?? (await defaultSeries()));
  const here = installed();
  if (here && seriesOf(here.version) === series) return here;

  const cache = join(cacheFolder(), 'rabbitmq', `${series}-${arch()}`);
  const tree = join(cache, 'tree');
  const root = join(cache, 'root');
  const inTree = findSbin(tree);
  if (inTree) return { kind: 'tree', root: tree, ...inTree };
  const before = inRoot(root, series);
  if (before) return before; // asked of apt, it would take a second at every start of a node

  const apt = await hasApt();
  const own = apt ? await candidate('rabbitmq-server') : undefined;
  if (own && seriesOf(own) === series) {
    await fromOwnSuite(own, tree);
    const found = findSbin(tree);
    if (found) return { kind: 'tree', root: tree, ...found };
  }
  const suite = suites[series];
  if (apt && suite) {
    try {
      if (!findSbin(root)) await fromOtherSuite(series, suite, root);
    } catch (error) {
      // Another distribution's mirror has no Debian suites.
      if (await dockerAnswers()) return dockerServer(series);
      throw error;
    }
    const found = inRoot(root, series);
    if (found) return found;
    const other = findSbin(root)?.version ?? 'none';
    throw new Refusal(`The suite ${suite} now offers RabbitMQ ${other}, not ${series}.`);
  }
  if (await dockerAnswers()) return dockerServer(series);
  throw new Refusal(
    `RabbitMQ ${series} cannot be had here (known: ${Object.keys(suites).join(', ')}; they need apt on a Debian mirror, or a running Docker engine).`,
  );
}

/** The server in a root that was fetched; undefined when there is none, or one of another series. */
function inRoot(root: string, series: string): Server | undefined {
  const found = findSbin(root);
  if (!found || seriesOf(found.version) !== series) return undefined;
  return { kind: 'root', root, version: found.version, sbin: found.sbin.slice(root.length) };
}

async function dockerServer(series: string): Promise<Server> {
  const image = `rabbitmq:${series}-management`;
  say(`Fetching the Docker image ${image}`);
  await must('docker', ['pull', '--quiet', image]);
  const version = (await must('docker', ['run', '--rm', image, 'sh', '-c', 'echo $RABBITMQ_VERSION'])).trim();
  return { kind: 'docker', version: version || series, root: image, sbin: '/opt/rabbitmq/sbin' };
}
