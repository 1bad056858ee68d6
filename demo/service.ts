/** node demo/service.ts NAME RATE, with AMQP_URL: runs one service until SIGTERM, or until the process that started it is gone. */
import type { Service } from './client.ts';
import { audit } from './services/audit.ts';
import { billing } from './services/billing.ts';
import { checkout } from './services/checkout.ts';
import { invoices } from './services/invoices.ts';
import { marketing } from './services/marketing.ts';
import { notify } from './services/notify.ts';
import { payments } from './services/payments.ts';
import { warehouse } from './services/warehouse.ts';

const services: Record<string, (service: Service) => Promise<void>> = {
  audit,
  billing,
  checkout,
  invoices,
  marketing,
  notify,
  payments,
  warehouse,
};

const [name = '', rate = ''] = process.argv.slice(2);
const url = process.env.AMQP_URL ?? '';
const start = services[name];
if (!start) throw new Error(`no service called ${name}: ${Object.keys(services).join(', ')}`);

const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
process.on('SIGINT', () => {}); // Ctrl-C reaches the whole group; the demo's main process decides
process.on('disconnect', () => stop.abort());
await start({ url, rate: Number(rate), signal: stop.signal });
process.disconnect?.();
