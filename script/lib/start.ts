/**
 * `script/start`: looks first, starts after, and ends everything that it started.
 *
 *   check flags, port, data folder, broker ─▶ build ─▶ private node, if needed ─▶ application ─▶ demo, if wanted
 *        └── one line and exit code 1, nothing started            └── SIGINT, SIGTERM: demo, application, node; exit 0
 *                                                                  └── application ended by itself: the same; exit 1
 */
import { Running } from './running.ts';
import { Refusal, say, textOf } from './shell.ts';
import { help } from './start-options.ts';

const running = new Running();
let asked = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (asked) return;
    asked = true;
    say('Stopping');
    void running.stop().then(() => process.exit(0));
  });
}

const args = process.argv.slice(2);
if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(`${help}\n`);
  process.exit(0);
}
try {
  // only now: it needs packages, for which nobody who asks for help should wait
  const { start } = await import('./start-run.ts');
  const app = await start(args, running);
  const how = await app.ended;
  if (!asked) {
    say(`The application ended by itself (${how}); stopping the rest.`);
    await running.stop();
    process.exit(1);
  }
} catch (error) {
  if (!asked) {
    const expected = error instanceof Refusal || (error instanceof TypeError && 'code' in error);
    say(expected ? textOf(error) : `script/start: ${error instanceof Error ? error.stack : String(error)}`);
    await running.stop();
    process.exit(1);
  }
}
