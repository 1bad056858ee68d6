/**
 * Settings, parsed once with zod: environment > file (HOPLIGHT_CONFIG, JSON with the same names) > defaults.
 * `script/start` turns its flags into the environment, so flags win over all. docs/configuration.md lists each.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import {
  bodyMaxBytes,
  bodyModes,
  type CaptureSettings,
  type Redaction,
  redactionPatterns,
} from './model/capture.ts';
import { HoplightError } from './model/errors.ts';
import { parseJsonPath } from './model/json-path.ts';

const flag = z
  .enum(['1', '0', 'true', 'false', 'on', 'off'])
  .transform((v) => v === '1' || v === 'true' || v === 'on');
const list = z
  .string()
  .transform((v) => v.split(',').map((s) => s.trim()))
  .transform((v) => v.filter((s) => s !== ''));
const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const amqpUrl = z.url({ protocol: /^amqps?$/, error: 'must look like amqp://user:password@host:5672/vhost' });
const httpUrl = z.url({ protocol: /^https?$/, error: 'must look like http://host:15672' });
/** Of the nodes of a cluster: a comma parts two addresses only where a scheme follows, since a password may hold one. */
const several = (one: z.ZodType<string, string>) =>
  z.string().transform(addressesIn).pipe(z.array(one).min(1));

/** Binding keys by which the tap gets every publish and every delivery. */
export const WHOLE_TAP: readonly string[] = ['publish.#', 'deliver.#'];
const FIRST_BODY_BYTES = 16_384;
const DAY_MS = 86_400_000;

/** A twentieth of the time: what all readings may cost the broker. */
export const DEFAULT_READ_SHARE = 0.05;
/** `off`, or addresses as in MANAGEMENT_URL. */
const metricsAt = z.union([
  z.literal('off'),
  several(z.url({ protocol: /^https?$/, error: 'must look like http://host:15692, or be off' })),
]);

const environment = z.object({
  AMQP_URL: several(amqpUrl).default(['amqp://guest:guest@127.0.0.1:5672']),
  MANAGEMENT_URL: several(httpUrl).default(['http://127.0.0.1:15672']),
  HOPLIGHT_DATA: z.string().min(1).optional(),
  HOPLIGHT_HOST: z.string().min(1).default('127.0.0.1'),
  HOPLIGHT_PORT: whole(1, 65_535).optional(),
  PORT: whole(1, 65_535).optional(),
  HOPLIGHT_AUTO_SIGN_IN: flag.default(false),
  HOPLIGHT_ALLOWED_HOSTS: list.default([]),
  HOPLIGHT_TAP: flag.default(true),
  HOPLIGHT_TAP_VHOSTS: list.optional(),
  HOPLIGHT_TAP_KEYS: list.default([...WHOLE_TAP]),
  HOPLIGHT_TAP_QUEUE_LENGTH: whole(100, 10_000_000).default(50_000),
  HOPLIGHT_SAMPLING: z.coerce.number().gt(0).max(1).default(1),
  HOPLIGHT_BODY: z.enum(bodyModes).default('first'),
  HOPLIGHT_BODY_BYTES: whole(0, bodyMaxBytes).default(FIRST_BODY_BYTES),
  HOPLIGHT_REDACT_HEADERS: list
    .default([])
    .refine((names) => names.every((name) => /^[^*]+\*?$/.test(name)), {
      error: 'takes header names; only their end may be a *',
    }),
  HOPLIGHT_REDACT_JSON: list.default([]).refine((paths) => paths.every((path) => parseJsonPath(path)), {
    error: 'takes paths such as $.customer.iban, $.items[*].card, $..password',
  }),
  HOPLIGHT_REDACT_PATTERNS: list.pipe(z.array(z.enum(redactionPatterns))).default([]),
  HOPLIGHT_OTLP: flag.optional(),
  HOPLIGHT_OTLP_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,512}$/, 'must be 16 to 512 printable characters without spaces')
    .optional(),
  HOPLIGHT_OTLP_BYTES: whole(65_536, 2 ** 28).default(4 * 2 ** 20),
  HOPLIGHT_GIVE_BACK: flag.default(false),
  HOPLIGHT_STORE_BYTES: whole(16_777_216, 2 ** 50).default(4 * 2 ** 30),
  HOPLIGHT_STORE_DAYS: z.coerce.number().positive().max(3_650).default(7),
  HOPLIGHT_EXPORT_DAYS: whole(1, 3_650).default(30),
  HOPLIGHT_HISTORY_DAYS: whole(1, 400).default(30),
  HOPLIGHT_SEGMENT_FACTS: whole(1_000, 10_000_000).default(250_000),
  HOPLIGHT_POLL_MS: whole(500, 60_000).default(2_000),
  HOPLIGHT_READ_SHARE: z
    .string()
    .regex(/^(0?\.\d+|\d+(\.\d+)?%)$/, 'must be a share such as 5% or 0.05')
    .transform((v) => (v.endsWith('%') ? Number(v.slice(0, -1)) / 100 : Number(v)))
    .pipe(z.number().min(0.001, 'must be 0.1% or more').max(0.5, 'must be 50% or less'))
    .default(DEFAULT_READ_SHARE),
  PROMETHEUS_URL: metricsAt.optional(),
  HOPLIGHT_WEBHOOK_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
    .refine((url) => !/^https?:\/\/[^/?#]*@/i.test(url), {
      error: 'must hold no user and password: set HOPLIGHT_WEBHOOK_AUTHORIZATION',
    })
    .optional(),
  HOPLIGHT_WEBHOOK_AUTHORIZATION: z
    .string()
    .regex(/^[\x20-\x7e]{1,4096}$/, 'must be 1 to 4096 printable characters')
    .optional(),
  HOPLIGHT_WEBHOOK_LEVEL: z.enum(['dead', 'warn']).default('warn'),
  HOPLIGHT_WEBHOOK_REPEAT_MINUTES: whole(0, 43_200).default(240),
  HOPLIGHT_PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).optional(),
  HOPLIGHT_STUCK_MINUTES: z.coerce.number().min(0.1).max(1_440).default(3),
  HOPLIGHT_TRACE_URL: z
    .string()
    .regex(/^https?:\/\/.*\{traceId\}/, 'must be an http(s) address that contains {traceId}')
    .optional(),
});

export interface Config {
  dataDir: string;
  host: string;
  port: number;
  /** With the service account's credentials; its path is the default vhost. Of several nodes: one after a comma each. */
  amqpUrl: string;
  /** Without credentials, no slash at its end. Of several nodes: one after a comma each. */
  managementUrl: string;
  service: { user: string; password: string; vhost: string };
  autoSignIn: boolean;
  /** Host names by which this application may be called (DNS rebinding), lower case, without port. */
  allowedHosts: string[];
  tap: { enabled: boolean; vhosts: string[]; keys: string[]; queueLength: number };
  /** What is captured and kept until an administrator changes it; `redaction` cannot be changed while it runs. */
  capture: { settings: CaptureSettings; redaction: Redaction };
  otlp: OtlpConfig;
  /** Hops are sent to the OTLP endpoint that the standard variables name. */
  giveBack: boolean;
  store: { limitBytes: number; maxAgeMs: number; segmentFacts: number };
  /** How many days the file of a deletion is kept after its job ended. */
  exportDays: number;
  /** How many days the past of queues is kept. */
  historyDays: number;
  pollMs: number;
  /** What all readings may cost the broker, in parts of the time. */
  readShare: number;
  /** Where the nodes' metrics are, credentials and all; `listeners`: where the broker says. */
  prometheus: readonly string[] | 'listeners' | 'off';
  /** Where what needs a look is told; null: nowhere. Address and header are secrets. */
  webhook: {
    url: string;
    authorization: string | null;
    level: 'dead' | 'warn';
    /** After how long what lasts is told again, ms; 0: never. */
    repeatMs: number;
    /** Where people open Hoplight, without a slash at its end, for links in what is told; null: no links. */
    publicUrl: string | null;
  } | null;
  /** A consumer that holds messages and acks none for so long is stuck. */
  stuckMs: number;
  /** Template of the user's own trace viewer, with `{traceId}`; null when none. */
  traceUrl: string | null;
}

/** The receiver of spans. Without a token it answers this machine alone. */
export interface OtlpConfig {
  /** `no token`: it would be open to everybody who reaches this address, so it is shut. */
  state: 'on' | 'off' | 'no token';
  token: string | null;
  /** Of a body, after decompression. */
  limitBytes: number;
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);
export function isLoopback(host: string): boolean {
  return loopback.has(host.toLowerCase()) || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** The vhost of an AMQP URL: its path, percent-decoded; none or '/' is the vhost '/'. */
export function vhostOf(url: URL): string {
  const path = url.pathname.replace(/^\//, '');
  return path === '' ? '/' : decodeURIComponent(path);
}

/** Of the file; JSON's numbers and truth values are as good as their text, a list as its parts with commas. */
const fileSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).transform(String),
);

function fromFile(path: string, read: (path: string) => string): Record<string, string> {
  let values: Record<string, string>;
  try {
    values = fileSchema.parse(JSON.parse(read(path)));
  } catch (cause) {
    throw new HoplightError(
      'bad_input',
      `HOPLIGHT_CONFIG names ${path}, which cannot be read as a JSON object.`,
      { cause },
    );
  }
  const unknown = Object.keys(values).find((name) => !(name in environment.shape));
  if (unknown === undefined) return values;
  throw new HoplightError('bad_input', `HOPLIGHT_CONFIG names ${path}: there is no setting ${unknown}.`);
}

/** The addresses of a list with commas. */
function addressesIn(list: string): string[] {
  return list
    .split(/,(?=\s*[a-z]+:\/\/)/)
    .map((url) => url.trim())
    .filter((url) => url !== '');
}

type Environment = Record<string, string | undefined>;

/** The environment over the file; what is empty counts as not set. Throws HoplightError `bad_input`. */
export function settings(env: Environment, read = (path: string) => readFileSync(path, 'utf8')): Environment {
  const set = Object.fromEntries(Object.entries(env).filter(([, v]) => v !== undefined && v !== ''));
  return env.HOPLIGHT_CONFIG ? { ...fromFile(env.HOPLIGHT_CONFIG, read), ...set } : set;
}

/** Throws HoplightError `bad_input` with one line that names the setting. */
export function parseConfig(env: Environment): Config {
  const parsed = environment.safeParse(settings(env));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new HoplightError(
      'bad_input',
      `${String(issue?.path[0] ?? 'a setting')}: ${issue?.message ?? 'is not valid'}`,
    );
  }
  const e = parsed.data;
  const amqp = new URL(e.AMQP_URL[0] ?? '');
  const management = new URL(e.MANAGEMENT_URL[0] ?? '');
  const user = decodeURIComponent(amqp.username || management.username || 'guest');
  const password = decodeURIComponent(amqp.password || management.password || 'guest');
  const vhost = vhostOf(amqp);
  // one account and one vhost for all addresses: those that the first one names
  const amqpUrl = e.AMQP_URL.map((url) => addressWith(url, user, password, vhost)).join();
  const host = e.HOPLIGHT_HOST;
  return {
    dataDir: e.HOPLIGHT_DATA ?? join(env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'hoplight'),
    host,
    port: e.HOPLIGHT_PORT ?? e.PORT ?? 3000,
    amqpUrl,
    managementUrl: e.MANAGEMENT_URL.map(withoutCredentials).join(),
    service: { user, password, vhost },
    autoSignIn: e.HOPLIGHT_AUTO_SIGN_IN && isLoopback(host),
    allowedHosts: [
      ...new Set(
        ['localhost', '127.0.0.1', '[::1]', host, ...e.HOPLIGHT_ALLOWED_HOSTS].map((h) => h.toLowerCase()),
      ),
    ],
    tap: {
      enabled: e.HOPLIGHT_TAP,
      vhosts: e.HOPLIGHT_TAP_VHOSTS ?? [vhost],
      keys: e.HOPLIGHT_TAP_KEYS,
      queueLength: e.HOPLIGHT_TAP_QUEUE_LENGTH,
    },
    capture: {
      settings: {
        scopes: {},
        sampling: e.HOPLIGHT_SAMPLING,
        body: {
          mode: e.HOPLIGHT_BODY === 'first' && e.HOPLIGHT_BODY_BYTES === 0 ? 'off' : e.HOPLIGHT_BODY,
          firstBytes: e.HOPLIGHT_BODY_BYTES || FIRST_BODY_BYTES,
        },
        retention: { days: e.HOPLIGHT_STORE_DAYS, bytes: e.HOPLIGHT_STORE_BYTES },
      },
      redaction: {
        headers: e.HOPLIGHT_REDACT_HEADERS.map((name) => name.toLowerCase()),
        jsonPaths: e.HOPLIGHT_REDACT_JSON,
        patterns: e.HOPLIGHT_REDACT_PATTERNS,
      },
    },
    store: {
      limitBytes: e.HOPLIGHT_STORE_BYTES,
      maxAgeMs: e.HOPLIGHT_STORE_DAYS * DAY_MS,
      segmentFacts: e.HOPLIGHT_SEGMENT_FACTS,
    },
    otlp: {
      state: otlpState(host, e.HOPLIGHT_OTLP, e.HOPLIGHT_OTLP_TOKEN),
      token: e.HOPLIGHT_OTLP_TOKEN ?? null,
      limitBytes: e.HOPLIGHT_OTLP_BYTES,
    },
    giveBack: e.HOPLIGHT_GIVE_BACK,
    exportDays: e.HOPLIGHT_EXPORT_DAYS,
    historyDays: e.HOPLIGHT_HISTORY_DAYS,
    pollMs: e.HOPLIGHT_POLL_MS,
    readShare: e.HOPLIGHT_READ_SHARE,
    prometheus: e.PROMETHEUS_URL ?? 'listeners',
    stuckMs: Math.round(e.HOPLIGHT_STUCK_MINUTES * 60_000),
    webhook: e.HOPLIGHT_WEBHOOK_URL
      ? {
          url: e.HOPLIGHT_WEBHOOK_URL,
          authorization: e.HOPLIGHT_WEBHOOK_AUTHORIZATION ?? null,
          level: e.HOPLIGHT_WEBHOOK_LEVEL,
          repeatMs: e.HOPLIGHT_WEBHOOK_REPEAT_MINUTES * 60_000,
          publicUrl: e.HOPLIGHT_PUBLIC_URL ? withoutCredentials(e.HOPLIGHT_PUBLIC_URL) : null,
        }
      : null,
    traceUrl: e.HOPLIGHT_TRACE_URL ?? null,
  };
}

/**
 * Whoever asks for it where others can reach it must name a token: the start is refused. Whoever did not ask has it shut
 * there, since most who open the dashboard to others send no spans.
 */
function otlpState(
  host: string,
  wanted: boolean | undefined,
  token: string | undefined,
): OtlpConfig['state'] {
  if (wanted === false) return 'off';
  if (token !== undefined || isLoopback(host)) return 'on';
  if (wanted === undefined) return 'no token';
  throw new HoplightError(
    'bad_input',
    `HOPLIGHT_OTLP: is on while HOPLIGHT_HOST is ${host}, where others can reach it: set HOPLIGHT_OTLP_TOKEN too`,
  );
}

/** The service's AMQP addresses with another user and vhost. */
export function amqpUrlFor(
  config: Pick<Config, 'amqpUrl'>,
  user: string,
  password: string,
  vhost: string,
): string {
  return addressesIn(config.amqpUrl)
    .map((url) => addressWith(url, user, password, vhost))
    .join();
}

function addressWith(text: string, user: string, password: string, vhost: string): string {
  const url = new URL(text);
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  url.pathname = `/${encodeURIComponent(vhost)}`;
  return url.href;
}

function withoutCredentials(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href.replace(/\/+$/, '');
}
