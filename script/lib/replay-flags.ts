/** The flags that `script/replay` knows, as they are typed. */
import { parseArgs } from 'node:util';

/** Throws parseArgs's own TypeError on what it does not know. */
export function readFlags(args: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const many = { type: 'string', multiple: true } as const;
  return parseArgs({
    args,
    allowPositionals: true,
    options: {
      url: text,
      user: text,
      'password-file': text,
      vhost: text,
      queue: text,
      where: text,
      cause: many,
      id: many,
      act: text,
      to: text,
      'routing-key': text,
      rate: text,
      canary: text,
      'canary-wait': text,
      'canary-stop': flag,
      'brake-died-again': text,
      'brake-depth': text,
      'brake-unacked': text,
      'keep-order': flag,
      expiration: text,
      persistent: flag,
      'max-replays': text,
      follow: text,
      consent: many,
      reason: text,
      'dry-run': flag,
      wait: flag,
      timeout: text,
      require: text,
      receipt: text,
      'idempotency-key': text,
      json: flag,
      help: { ...flag, short: 'h' },
    },
  });
}
export type ReplayFlags = ReturnType<typeof readFlags>['values'];
