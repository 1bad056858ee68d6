/** The production build, made anew only when something that goes into it changed. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { endingWithUs } from './child.ts';
import { withLock } from './lock.ts';
import { Refusal, run, say } from './shell.ts';

export const root = resolve(import.meta.dirname, '../..');
const stampFile = join(root, '.next', 'hoplight-sources');
const folders = ['app', 'lib', 'public'];
const atTop = /^(package-lock\.json|package\.json|tsconfig\.json|next\.config\.[a-z]+|[a-z-]+\.tsx?)$/;
const notBuilt = /\.test\.tsx?$|^vitest\.config\.ts$|^next-env\.d\.ts$/;

/** Hash over names and contents of everything that the build reads. */
export function hashOfSources(): string {
  const top = readdirSync(root).filter((name) => atTop.test(name));
  const below = folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)),
    );
  const hash = createHash('sha256').update(process.version);
  for (const name of [...top, ...below].filter((file) => !notBuilt.test(file)).sort()) {
    hash.update(`\0${name}\0`).update(readFileSync(join(root, name)));
  }
  return hash.digest('hex');
}

function isCurrent(hash: string): boolean {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash;
}

/**
 * Builds when the sources changed since the last build that succeeded. Throws a Refusal with the build's last lines.
 */
export async function buildWhenChanged(): Promise<void> {
  const hash = hashOfSources();
  if (isCurrent(hash)) return;
  await withLock(join(root, '.next.lock'), async () => {
    if (isCurrent(hash)) return;
    say('Building the application (half a minute or so, only when its sources changed)');
    const [command, ...args] = endingWithUs([join(root, 'node_modules/next/dist/bin/next'), 'build']);
    const env = { ...process.env, NODE_ENV: 'production' as const, NEXT_TELEMETRY_DISABLED: '1' };
    const { code, stdout, stderr } = await run(command, args, { cwd: root, env });
    if (code !== 0) {
      const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-30).join('\n');
      throw new Refusal(`The build failed (exit ${code}):\n${said}`);
    }
    writeFileSync(stampFile, hash);
  });
}
