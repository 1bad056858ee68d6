/**
 * `node test/look-once.ts`: the live picture by the settings of its environment, every list counted as dear, as soon as it
 * has depths and rates: its state as JSON on stdout. A process of its own, since NODE_EXTRA_CA_CERTS is read at its start.
 */
import { createPrometheus } from '../lib/broker/prometheus.ts';
import { parseConfig } from '../lib/config.ts';
import { lookAt, until } from './with-live.ts';

const { service, managementUrl, prometheus } = parseConfig(process.env);
if (prometheus === 'off') throw new Error('PROMETHEUS_URL is to be set');
const live = lookAt(
  { ...service, management: managementUrl },
  createPrometheus({ at: prometheus, managementUrl }),
);
const state = () => live.state('all');
/** The poller's own pauses keep no process alive. */
const alive = setInterval(() => {}, 60_000);
await until(
  live,
  () => state().totals.total !== null && state().queues.some((q) => q.rates.publish !== null),
);
process.stdout.write(JSON.stringify(state()));
await live.stop();
clearInterval(alive);
