/** What starts and stops with the server: telemetry first, so that everything after it is traced; then the runtime. */
import { log, wordsOf } from './lib/log.ts';
import { startRuntime, stopRuntime } from './lib/runtime.ts';
import { startTelemetry } from './lib/telemetry/otel.ts';

export async function startServer(): Promise<void> {
  // Whoever read our output may go before us (a pipe's other end). Unheard, each EPIPE would be reported on that very
  // pipe, and the report's EPIPE again, without end: better to go on without a log.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const telemetry = startTelemetry();
  let stopping = false;
  /** Lets what runs come to a safe end, then flushes the spans. */
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await stopRuntime().catch((error: unknown) => log.warn('Not stopped cleanly', { error: wordsOf(error) }));
    await telemetry.stop();
    process.exit(0);
  };
  // Next's own handlers end the process as soon as no connection is open, in the middle of our stopping.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.removeAllListeners(signal);
    process.on(signal, () => void stop());
  }
  try {
    await startRuntime();
  } catch (error) {
    log.error('Hoplight cannot start', { reason: wordsOf(error) });
    await telemetry.stop();
    process.exit(1);
  }
}
