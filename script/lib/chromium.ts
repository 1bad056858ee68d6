/** The browser of the end-to-end tests. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { must, Refusal, say } from './shell.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function found(): string | undefined {
  const folders = (process.env.PATH ?? '').split(':').filter(Boolean);
  return [
    process.env.HOPLIGHT_CHROMIUM ?? '',
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
  ]
    .filter((path) => path !== '')
    .find((path) => existsSync(path));
}

/** Path of a Chromium; installs Debian's when there is none and we are root. */
export async function getChromium(): Promise<string> {
  const here = found();
  if (here) return here;
  const mend =
    'install it (as root: apt-get install chromium), name one in HOPLIGHT_CHROMIUM, or run script/test --unit';
  if (process.getuid?.() !== 0)
    throw new Refusal(`No Chromium for the end-to-end tests, and installing one needs root: ${mend}.`);
  say('No Chromium here: installing it with apt-get');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await must('apt-get', ['update', '-q'], { env });
  await must('apt-get', ['install', '-q', '-y', '--no-install-recommends', 'chromium'], { env });
  const now = found();
  if (!now) throw new Refusal(`apt-get installed no Chromium: ${mend}.`);
  return now;
}
