/** What starts and stops with the server: telemetry first, so that everything after it is traced; then the runtime. */
import { log, wordsOf } from './lib/log.ts';
import { startRuntime, stopRuntime } from './lib/runtime.ts';
import { startTelemetry } from './lib/telemetry/otel.ts';

export async function startServer(): Promise<void> {
  const telemetry = startTelemetry();
  let stopping = false;
  /** Lets what runs come to a safe end, then flushes the spans. Next closes the HTTP server by itself on these signals. */
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await stopRuntime().catch((error: unknown) => log.warn('Not stopped cleanly', { error: wordsOf(error) }));
    await telemetry.stop();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  try {
    await startRuntime();
  } catch (error) {
    log.error('Hoplight cannot start', { reason: wordsOf(error) });
    await telemetry.stop();
    process.exit(1);
  }
}
