/** The live picture of a real broker, for tests: quick, and with its sources at hand. */

import { createManagementClient } from '../lib/broker/client.ts';
import type { MetricsSource } from '../lib/broker/prometheus.ts';
import { judge } from '../lib/findings/attention.ts';
import { createLive, type Live } from '../lib/live/live.ts';
import { liveState } from './build-live.ts';

/** Begins to read at once. With `metrics` every list of queues counts as dear. */
export function lookAt(
  broker: { management: string; user: string; password: string },
  metrics?: MetricsSource,
): Live {
  const { management: url, user, password } = broker;
  const live = createLive({
    management: createManagementClient({ url, user, password }),
    metrics,
    dearMs: 0,
    config: { pollMs: 500 },
    clock: Date.now,
    status: () => liveState().status,
    judge,
  });
  live.start();
  return live;
}

/** Resolves as soon as a reading, or a change of freshness, shows it. */
export function until<T>(live: Live, see: () => T | undefined | false | null): Promise<T> {
  return new Promise((resolve) => {
    const end = live.subscribe(() => tell());
    const tell = () => {
      const value = see();
      if (!value) return;
      end();
      resolve(value);
    };
    tell();
  });
}
