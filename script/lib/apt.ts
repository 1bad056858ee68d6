/**
 * Debian packages without root and without installing them: downloaded into a folder, unpacked into a tree.
 * The mirror is always the one in the machine's own apt sources.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, Refusal, run } from './shell.ts';

const noRecommends = ['--no-install-recommends'];

export async function hasApt(): Promise<boolean> {
  return (
    (await run('apt-get', ['--version'])).code === 0 && (await run('dpkg-deb', ['--version'])).code === 0
  );
}

/** The version of `name` that the machine's own suites offer ('3.10.8-1.1+deb12u1'); undefined when none. */
export async function candidate(name: string): Promise<string | undefined> {
  const { code, stdout } = await run('apt-cache', ['policy', name], { env: { ...process.env, LC_ALL: 'C' } });
  const version = code === 0 ? /^\s*Candidate:\s*(\S+)/m.exec(stdout)?.[1] : undefined;
  return version === '(none)' ? undefined : version;
}

/** Downloads `names` and what this machine lacks of their dependencies into `folder`. */
export async function downloadForThisMachine(names: readonly string[], folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const plan = await must('apt-get', ['-s', 'install', ...noRecommends, ...names]);
  const packages = [...plan.matchAll(/^Inst (\S+) (?:\[\S+\] )?\((\S+)/gm)].map(
    ([, pkg, version]) => `${pkg}=${version}`,
  );
  if (packages.length === 0) throw new Refusal(`apt has nothing to download for ${names.join(', ')}.`);
  await must('apt-get', ['download', '-q', ...packages], { cwd: folder });
}

/** Addresses of the archive that carries the Debian suites, as the machine's own sources name it. */
async function mirrors(): Promise<string[]> {
  const listed = await must('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI) $(RELEASE) $(COMPONENT)',
    'Identifier: Packages',
  ]);
  const rows = listed.split('\n').map((line) => line.split(' '));
  const uris = rows
    .filter(
      ([, release, component]) =>
        component === 'main' && release !== undefined && !release.includes('security'),
    )
    .map(([uri]) => uri ?? '');
  return [...new Set(uris)].filter((uri) => uri !== '');
}

/**
 * Downloads `names` and every dependency, as if onto an empty machine, from another `suite` of this machine's
 * mirror, in an apt root of its own under `home`. The .deb files end up in the returned folder.
 */
export async function downloadFromSuite(suite: string, names: string[], home: string): Promise<string> {
  const archives = join(home, 'archives');
  for (const folder of ['lists/partial', 'archives/partial', 'parts']) {
    mkdirSync(join(home, folder), { recursive: true });
  }
  writeFileSync(join(home, 'status'), '');
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const signed = existsSync(keyring) ? ` [signed-by=${keyring}]` : '';
  // Read after the machine's own configuration (proxies stay), clearing hooks that would act on the machine itself.
  const settings = `
#clear APT::Update::Pre-Invoke; #clear APT::Update::Post-Invoke; #clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Invoke; #clear DPkg::Post-Invoke; #clear DPkg::Pre-Install-Pkgs;
Dir::State "${home}/"; Dir::State::lists "${home}/lists/"; Dir::State::status "${home}/status";
Dir::State::extended_states "${home}/extended_states";
Dir::Cache "${home}/"; Dir::Cache::archives "${archives}/"; Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";
Dir::Etc::sourcelist "${home}/sources.list"; Dir::Etc::sourceparts "${home}/parts/";
Dir::Etc::preferences "/dev/null"; Dir::Etc::preferencesparts "${home}/parts/";
Debug::NoLocking "true"; APT::Sandbox::User ""; Acquire::Languages "none";
APT::Install-Recommends "false"; APT::Default-Release "";
`;
  const config = join(home, 'apt.conf');
  writeFileSync(config, settings);
  const failures: string[] = [];
  for (const mirror of await mirrors()) {
    writeFileSync(join(home, 'sources.list'), `deb${signed} ${mirror} ${suite} main\n`);
    const update = await run('apt-get', ['-c', config, 'update', '-q', '-o', 'APT::Update::Error-Mode=any']);
    if (update.code !== 0) {
      failures.push(`${mirror}: ${update.stderr.trim().split('\n')[0]}`);
      continue;
    }
    await must('apt-get', ['-c', config, '-q', '-y', '-d', ...noRecommends, 'install', ...names]);
    return archives;
  }
  throw new Refusal(
    `No mirror in this machine's apt sources carries the suite ${suite} (${failures.join('; ') || 'no sources'}).`,
  );
}

/** Unpacks every .deb of `folder` into `root`, then removes `folder`. No maintainer script runs. */
export async function unpack(folder: string, root: string): Promise<void> {
  mkdirSync(root, { recursive: true });
  for (const deb of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
    await must('dpkg-deb', ['-x', join(folder, deb), root]);
  }
  rmSync(folder, { recursive: true, force: true });
}

/** The merged-/usr links that a root needs before packages are unpacked into it. */
export function prepareRoot(root: string): void {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(root, 'usr', name), { recursive: true });
    if (!existsSync(join(root, name))) symlinkSync(`usr/${name}`, join(root, name));
  }
}
