/** What the specs share: the running application and broker, a plain client as a foreign service would be. */

import amqp from 'amqplib';
import { test as base } from 'playwright/test';

function need(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing: run the specs with e2e/playwright.config.ts`);
  return value;
}

export interface Stage {
  url: string;
  amqp: string;
  management: string;
  node: string;
  /** A call of Hoplight's API with HTTP Basic and its own Origin. */
  api(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** The management API as guest; throws on 400 and more. */
  broker(method: string, path: string, body?: unknown): Promise<unknown>;
}

const basic = `Basic ${Buffer.from('guest:guest').toString('base64')}`;

export const test = base.extend<{ stage: Stage; client: Awaited<ReturnType<typeof amqp.connect>> }>({
  baseURL: async ({}, use) => use(need('E2E_URL')),
  stage: async ({}, use) => {
    const url = need('E2E_URL');
    const management = need('E2E_MANAGEMENT');
    await use({
      url,
      management,
      amqp: need('E2E_AMQP'),
      node: need('E2E_NODE'),
      api: (method, path, body, headers = {}) =>
        fetch(`${url}${path}`, {
          method,
          headers: { authorization: basic, origin: url, 'content-type': 'application/json', ...headers },
          ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        }),
      async broker(method, path, body) {
        const response = await fetch(`${management}${path}`, {
          method,
          headers: { authorization: basic, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
        return text === '' ? undefined : JSON.parse(text);
      },
    });
  },
  client: async ({}, use) => {
    const connection = await amqp.connect(need('E2E_AMQP'));
    connection.on('error', () => undefined);
    await use(connection);
    await connection.close().catch(() => undefined);
  },
});

export { expect } from 'playwright/test';
