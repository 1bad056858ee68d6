/** Next calls `register` once, in the serving process, before it takes requests. */
import type { Telemetry } from './lib/telemetry/otel.ts';

export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { startTelemetry } = await import('./lib/telemetry/otel.ts');
  const { startRuntime, stopRuntime } = await import('./lib/runtime.ts');
  const { log, wordsOf } = await import('./lib/log.ts');
  const telemetry = startTelemetry();
  stopOnSignals(telemetry, stopRuntime);
  try {
    await startRuntime();
  } catch (error) {
    log.error('Hoplight cannot start', { reason: wordsOf(error) });
    process.exit(1);
  }
}

/** Lets what runs come to a safe end, then flushes the spans. Next closes the HTTP server by itself on the same signals. */
function stopOnSignals(telemetry: Telemetry, stopRuntime: () => Promise<void>): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    void stopRuntime()
      .catch(() => {})
      .then(() => telemetry.stop())
      .then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
