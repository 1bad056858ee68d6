/**
 * The capture worker's entry: a thread of its own, so that pages stay fast while thousands of events a second come in.
 * It is bundled with its imports by `next build` and run as it is by Node elsewhere: relative imports only.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { log, wordsOf } from '../log.ts';
import { CaptureWorker } from './capture-worker.ts';
import type { FromWorker, ToWorker, WorkerStart } from './protocol.ts';

if (parentPort) {
  const port = parentPort;
  const start: WorkerStart = workerData;
  const worker = new CaptureWorker(start, (message: FromWorker) => port.postMessage(message));
  port.on('message', (message: ToWorker) => {
    if (message.type !== 'stop') {
      worker.receive(message);
      return;
    }
    const stopped: FromWorker = { type: 'stopped' };
    worker
      .stop()
      .catch((error: unknown) =>
        log.error('the capture worker did not stop cleanly', { error: wordsOf(error) }),
      )
      .finally(() => {
        port.postMessage(stopped);
        port.close();
      });
  });
  worker.start();
}
