/**
 * node script/lib/complete-lock.ts [package-lock.json]
 *
 * Adds to the lock file the optional platform packages (macOS, Windows, musl …) that a registry mirror lacked when
 * `npm install` wrote it. Without their entries `npm ci` refuses (EUSAGE); with them it skips those of other
 * platforms. Run it after every `npm install`; it changes nothing when nothing is missing. The added entries carry no
 * address and no hash: the registry in use at `npm ci` supplies them on the platforms that want them.
 */
import { readFileSync, writeFileSync } from 'node:fs';

type Entry = {
  version?: string;
  optional?: boolean;
  dev?: boolean;
  optionalDependencies?: Record<string, string>;
};
type Lock = { packages: Record<string, Entry & Record<string, unknown>> };

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'ppc64le',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];
const libraries: Record<string, string> = { musl: 'musl', gnu: 'glibc' };

/** What the parts of a name such as @biomejs/cli-linux-x64-musl say about the platform it is for. */
function platformOf(name: string): { os?: string[]; cpu?: string[]; libc?: string[] } {
  const parts = name.split(/[/-]/);
  const only = (known: string[]) => known.filter((word) => parts.includes(word));
  const os = only(systems);
  const cpu = only(processors);
  const libc = parts.flatMap((part) => libraries[part] ?? []);
  return {
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(libc.length > 0 && os.includes('linux') ? { libc } : {}),
    ...(os.length > 0 ? { os } : {}),
  };
}

/** Where Node would find `name` from the package at `path`: the nearest node_modules going up; undefined when nowhere. */
function resolve(lock: Lock, path: string, name: string): string | undefined {
  for (let base = path; ; base = base.slice(0, Math.max(0, base.lastIndexOf('node_modules/') - 1))) {
    const at = `${base === '' ? '' : `${base}/`}node_modules/${name}`;
    if (at in lock.packages) return at;
    if (base === '') return undefined;
  }
}

/** Adds what is missing, in place; answers the names added. Throws when a wanted version is not an exact one. */
export function completeLock(lock: Lock): string[] {
  const added: string[] = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (resolve(lock, path, name)) continue;
      const platform = platformOf(name);
      if (!platform.os && !platform.cpu)
        throw new Error(`${name} names no platform: the lock file lacks it for another reason`);
      if (!/^\d+\.\d+\.\d+\S*$/.test(version))
        throw new Error(`${name} is wanted as ${version}, not as one exact version`);
      const dev = entry.dev ? { dev: true } : {};
      lock.packages[`node_modules/${name}`] = { version, ...dev, optional: true, ...platform };
      added.push(`${name}@${version}`);
    }
  }
  const [root, ...rest] = Object.entries(lock.packages);
  rest.sort(([a], [b]) => a.localeCompare(b, 'en'));
  lock.packages = Object.fromEntries(root ? [root, ...rest] : rest);
  return added;
}

if (import.meta.main) {
  const file = process.argv[2] ?? 'package-lock.json';
  const lock: Lock = JSON.parse(readFileSync(file, 'utf8'));
  const added = completeLock(lock);
  if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(added.length > 0 ? `Added ${added.join(', ')}` : `${file} is complete`);
}
