/** The management HTTP API as verbs that give model types. It holds no state but its credentials. */
import { z } from 'zod';
import type { Binding, Exchange, Node, Queue } from '../model/broker.ts';
import { HoplightError, isHoplightError } from '../model/errors.ts';
import { bindingColumns, readBindings } from './bindings.ts';
import {
  type BareConsumer,
  type ChannelInfo,
  type ConnectionInfo,
  channelColumns,
  connectionColumns,
  readChannels,
  readConnections,
  readConsumers,
} from './consumers.ts';
import { exchangeColumns, readExchanges } from './exchanges.ts';
import { type CallOptions, createCall, type ManagementCredentials } from './http.ts';
import { nodeColumns, readNodes } from './nodes.ts';
import { type Listener, type Overview, readListeners, readOverview } from './overview.ts';
import { readPermissions, readWhoAmI, type VhostPermission, type WhoAmI } from './permissions.ts';
import { type Policy, readPolicies } from './policies.ts';
import { queueColumns, readQueue, readQueues, readQueueTotals, totalsColumns } from './queues.ts';
import { type CountedVhost, readVhosts, tracingBody, vhostColumns } from './vhosts.ts';
import { inPath } from './wire.ts';

export type { ManagementCredentials } from './http.ts';

/** Every method throws HoplightError: management_unreachable, unauthenticated, forbidden, not_found. */
export interface ManagementClient {
  overview(signal?: AbortSignal): Promise<Overview>;
  /** Of every node. Needs the monitoring tag; empty without it. */
  listeners(signal?: AbortSignal): Promise<Listener[]>;
  /** Needs the monitoring tag. */
  nodes(signal?: AbortSignal): Promise<Node[]>;
  /** `rates` false: the broker collects none. */
  vhosts(signal?: AbortSignal, rates?: boolean): Promise<CountedVhost[]>;
  /** All figures, up to 7 s old. `rates` false: the broker collects none, see `Overview.rates`. */
  queues(signal?: AbortSignal, rates?: boolean): Promise<Queue[]>;
  /** What exists and how deep it is, fresh; rates, consumers and a stream's depth are null. See `readQueueTotals`. */
  queueTotals(signal?: AbortSignal, policies?: readonly Policy[]): Promise<Queue[]>;
  /** The same without depths, but with those whose node is down: their state says so. */
  queueStates(signal?: AbortSignal, policies?: readonly Policy[]): Promise<Queue[]>;
  /** One of them, all figures: up to 7 s old. */
  queue(vhost: string, name: string, signal?: AbortSignal): Promise<Queue>;
  exchanges(signal?: AbortSignal): Promise<Exchange[]>;
  /** All; or those of these exchanges alone, each asked: where queues are many and exchanges few, a hundredth of the list. */
  bindings(signal?: AbortSignal, of?: readonly Pick<Exchange, 'vhost' | 'name'>[]): Promise<Binding[]>;
  policies(signal?: AbortSignal): Promise<Policy[]>;
  consumers(signal?: AbortSignal): Promise<BareConsumer[]>;
  channels(signal?: AbortSignal, rates?: boolean): Promise<ChannelInfo[]>;
  connections(signal?: AbortSignal): Promise<ConnectionInfo[]>;
  whoami(signal?: AbortSignal): Promise<WhoAmI>;
  /** Needs the administrator tag. */
  userPermissions(user: string, signal?: AbortSignal): Promise<VhostPermission[]>;
  /** Needs the administrator tag. On a cluster it acts on the node that answers alone. */
  setTracing(vhost: string, on: boolean): Promise<void>;
  /** True while a memory or disk alarm stops publishers somewhere in the cluster. */
  alarms(signal?: AbortSignal): Promise<boolean>;
}

/** Of one queue: more than this is not waited for while somebody looks. */
const ONE_MS = 5_000;
/** Of lists of queues: a busy broker with ten thousand of them takes this long. */
const LONG_MS = 30_000;

export function createManagementClient(
  c: ManagementCredentials,
  o: { timeoutMs?: number } = {},
): ManagementClient {
  const call = createCall(c, o.timeoutMs ?? 10_000);

  /** The broker answers 401 both to a wrong password and to a missing right; asking who we are tells them apart. */
  async function refusal(path: string, reason: string | null, signal?: AbortSignal): Promise<HoplightError> {
    const who = path === '/api/whoami' ? { status: 401, reason } : await call('/api/whoami', { signal });
    if (who.status === 200)
      return new HoplightError('forbidden', `The broker does not let ${c.user} do this (${path}).`, {
        next: 'Ask for the tag or the vhost permission that it needs: rabbitmqctl set_user_tags, set_permissions.',
      });
    if (/not management user/i.test(who.reason ?? ''))
      return new HoplightError(
        'forbidden',
        `The broker knows ${c.user}, but the user has no management tag.`,
        {
          next: `Ask for one: rabbitmqctl set_user_tags ${c.user} management`,
        },
      );
    return new HoplightError('unauthenticated', `The broker does not know ${c.user} with this password.`, {
      next: 'Check user and password; guest may sign in from the broker’s own machine only.',
    });
  }

  async function ask(path: string, options: CallOptions = {}): Promise<unknown> {
    const { status, body, reason } = await call(path, options);
    if (status < 400) return body;
    if (status === 401 || status === 403) throw await refusal(path, reason, options.signal);
    if (status === 404)
      throw new HoplightError('not_found', `The broker has nothing at ${path}.`, {
        next: 'Check the name; it may have been deleted, or this user may not see its vhost.',
      });
    if (status === 503)
      throw new HoplightError('management_unreachable', 'The management API answers 503: not ready.', {
        next: 'The node may still be starting. If it lasts, look into the broker’s log.',
      });
    throw new HoplightError('internal', `The broker refused ${path}: ${status} ${reason ?? ''}`.trim());
  }

  async function get<T>(
    path: string,
    read: (body: unknown) => T,
    signal?: AbortSignal,
    timeoutMs?: number,
  ): Promise<T> {
    return parsed(path, await ask(path, { signal, timeoutMs }), read);
  }

  /** None of an exchange that was deleted just now. */
  async function bindingsOf(vhost: string, exchange: string, signal?: AbortSignal): Promise<Binding[]> {
    const path = `/api/exchanges/${inPath(vhost)}/${inPath(exchange)}/bindings/source?columns=${bindingColumns}`;
    try {
      return await get(path, readBindings, signal);
    } catch (error) {
      if (isHoplightError(error) && error.code === 'not_found') return [];
      throw error;
    }
  }

  const policies = (signal?: AbortSignal) => get('/api/policies', readPolicies, signal);

  return {
    overview: (signal) => get('/api/overview', readOverview, signal),
    listeners: (signal) => get('/api/overview', readListeners, signal),
    nodes: (signal) => get(`/api/nodes?columns=${nodeColumns}`, readNodes, signal),
    vhosts: (signal, rates) =>
      get(`/api/vhosts?columns=${vhostColumns}`, (body) => readVhosts(body, rates), signal),
    queues: (signal, rates) =>
      get(`/api/queues?columns=${queueColumns}`, (body) => readQueues(body, rates), signal, LONG_MS),
    queueTotals: (signal, known) =>
      get(
        `/api/queues?disable_stats=true&enable_queue_totals=true&columns=${totalsColumns}`,
        (body) => readQueueTotals(body, known),
        signal,
        LONG_MS,
      ),
    queueStates: (signal, known) =>
      get(
        `/api/queues?disable_stats=true&columns=${totalsColumns}`,
        (body) => readQueueTotals(body, known),
        signal,
        LONG_MS,
      ),
    queue: (vhost, name, signal) =>
      get(
        `/api/queues/${inPath(vhost)}/${inPath(name)}?columns=${queueColumns}`,
        (body) => readQueue(body),
        signal,
        ONE_MS,
      ),
    async exchanges(signal) {
      const [body, known] = await Promise.all([
        ask(`/api/exchanges?columns=${exchangeColumns}`, { signal }),
        policies(signal),
      ]);
      return parsed('/api/exchanges', body, (b) => readExchanges(b, known));
    },
    async bindings(signal, of) {
      if (!of) return get(`/api/bindings?columns=${bindingColumns}`, readBindings, signal);
      const all: Binding[] = [];
      for (const { vhost, name } of of) all.push(...(await bindingsOf(vhost, name, signal)));
      return all;
    },
    policies,
    consumers: (signal) => get('/api/consumers', readConsumers, signal),
    channels: (signal, rates) =>
      get(`/api/channels?columns=${channelColumns}`, (body) => readChannels(body, rates), signal),
    connections: (signal) => get(`/api/connections?columns=${connectionColumns}`, readConnections, signal),
    whoami: (signal) => get('/api/whoami', readWhoAmI, signal),
    userPermissions: (user, signal) => get(`/api/users/${inPath(user)}/permissions`, readPermissions, signal),
    async setTracing(vhost, on) {
      const path = `/api/vhosts/${inPath(vhost)}`;
      await ask(path, { method: 'PUT', body: tracingBody(await ask(path), on) });
    },
    async alarms(signal) {
      const { status, reason } = await call('/api/health/checks/alarms', { signal });
      if (status === 200 || status === 503) return status === 503;
      throw await refusal('/api/health/checks/alarms', reason, signal);
    },
  };
}

/** Throws `management_unreachable` naming the first field that is not as RabbitMQ gives it. */
function parsed<T>(path: string, body: unknown, read: (body: unknown) => T): T {
  try {
    return read(body);
  } catch (cause) {
    if (!(cause instanceof z.ZodError)) throw cause;
    const first = cause.issues[0];
    throw new HoplightError(
      'management_unreachable',
      `The answer to ${path.split('?')[0]} is not what RabbitMQ gives: ${first?.path.join('.')}: ${first?.message}.`,
      { next: 'Check MANAGEMENT_URL, and whether this broker version is supported (3.10 to 4.3).', cause },
    );
  }
}
