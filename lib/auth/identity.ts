/**
 * Who a user is, by the broker's own word: name, tags, vhosts, permissions. Asked with the user's own credentials,
 * kept for `freshMs`; while the broker is away the last answer holds for `staleMs`, so that pages stay open.
 */
import { createHash } from 'node:crypto';
import type { ManagementClient } from '../broker/client.ts';
import { HoplightError, isHoplightError } from '../model/errors.ts';

export interface Permission {
  vhost: string;
  /** The broker's read pattern, or null when it could not be asked for (only administrators may). */
  read: RegExp | null;
}

export interface Identity {
  user: string;
  tags: string[];
  permissions: Permission[];
}

export interface Identities {
  /** Throws `unauthenticated`, `forbidden` (no management tag) or `management_unreachable`. */
  of(user: string, password: string): Promise<Identity>;
  forget(user: string, password: string): void;
}

/** RabbitMQ matches Erlang (PCRE) patterns unanchored; what JavaScript cannot read matches nothing: closed, not open. */
export function readPattern(text: string): RegExp {
  try {
    return text === '' ? /^(?!)/ : new RegExp(text, 'u');
  } catch {
    return /^(?!)/;
  }
}

export function createIdentities(d: {
  clientFor: (user: string, password: string) => ManagementClient;
  /** The service account's client: it alone may know another user's permissions, when it is an administrator. */
  service: ManagementClient;
  clock: () => number;
  freshMs?: number;
  staleMs?: number;
}): Identities {
  const known = new Map<string, { identity: Identity; at: number }>();
  const asking = new Map<string, Promise<Identity>>();
  const keyOf = (user: string, password: string) =>
    createHash('sha256').update(`${user.length}:${user}${password}`).digest('hex');

  async function ask(user: string, password: string): Promise<Identity> {
    const client = d.clientFor(user, password);
    const who = await client.whoami();
    if (who.tags.length === 0) {
      throw new HoplightError('forbidden', `The broker knows ${user}, but the user has no management tag.`, {
        notDone: 'You are not signed in.',
        next: `Ask for one: rabbitmqctl set_user_tags ${user} management`,
      });
    }
    const vhosts = await client.vhosts();
    const patterns = await d.service.userPermissions(who.name).catch((error: unknown) => {
      if (isHoplightError(error) && (error.code === 'forbidden' || error.code === 'not_found')) return null;
      throw error;
    });
    const granted = vhosts.map((v) => {
      const own = patterns?.find((p) => p.vhost === v.name && p.user === who.name);
      return {
        vhost: v.name,
        read: own ? readPattern(own.read) : null,
        has: patterns === null || own !== undefined,
      };
    });
    // An administrator's list names every vhost, also those it may not enter.
    return {
      user: who.name,
      tags: who.tags,
      permissions: granted.filter((g) => g.has).map(({ vhost, read }) => ({ vhost, read })),
    };
  }

  return {
    async of(user, password) {
      const key = keyOf(user, password);
      const last = known.get(key);
      if (last && d.clock() - last.at < (d.freshMs ?? 15_000)) return last.identity;
      const pending = asking.get(key) ?? ask(user, password).finally(() => asking.delete(key));
      asking.set(key, pending);
      try {
        const identity = await pending;
        if (known.size > 1_000) known.clear();
        known.set(key, { identity, at: d.clock() });
        return identity;
      } catch (error) {
        const away = isHoplightError(error) && error.code === 'management_unreachable';
        if (away && last && d.clock() - last.at < (d.staleMs ?? 12 * 3_600_000)) return last.identity;
        if (!away) known.delete(key);
        throw error;
      }
    },
    forget(user, password) {
      known.delete(keyOf(user, password));
    },
  };
}
