/** A person at the door: who, by which way, what they may see, and their own connection to the broker. */

import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AmqpConnection } from '../amqp/connection.ts';
import { amqpUrlFor, type Config } from '../config.ts';
import { HoplightError, isHoplightError } from '../model/errors.ts';
import type { StateStore } from '../store/state.ts';
import { type Attempts, createAttempts } from './attempts.ts';
import { COOKIE } from './cookie.ts';
import type { Identities, Identity } from './identity.ts';
import { hashToken, newToken, open, seal } from './seal.ts';

const LIFETIME_MS = 12 * 3_600_000;

export interface Session {
  /** Stable while signed in: for limits per session. */
  id: string;
  user: string;
  tags: string[];
  vhosts: string[];
  via: 'cookie' | 'basic';
  mayRead(vhost: string, name: string): boolean;
  /** A new AMQP connection with the user's own credentials: the broker decides what it may do. */
  connect(vhost: string, name: string): Promise<AmqpConnection>;
}

export interface Sessions {
  fromRequest(headers: Headers): Promise<Session>;
  signIn(
    user: string,
    password: string,
    address: string,
  ): Promise<{ token: string; session: Session; maxAgeSeconds: number }>;
  /** Only when the configuration allows it: loopback with the default broker. */
  signInAutomatically(address: string): Promise<{ token: string; session: Session; maxAgeSeconds: number }>;
  signOut(headers: Headers): void;
}

/** 32 random bytes in the data folder, readable by its owner alone; made at the first start. */
export function serverSecret(dataDir: string): Buffer {
  const file = join(dataDir, 'secret.key');
  try {
    return readFileSync(file);
  } catch {
    const secret = randomBytes(32);
    writeFileSync(file, secret, { mode: 0o600, flag: 'wx' });
    return secret;
  }
}

export function cookieToken(headers: Headers): string | null {
  for (const part of (headers.get('cookie') ?? '').split(';')) {
    const at = part.indexOf('=');
    if (part.slice(0, at).trim() === COOKIE) return part.slice(at + 1).trim() || null;
  }
  return null;
}

function basicCredentials(headers: Headers): { user: string; password: string } | null {
  const match = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(headers.get('authorization') ?? '');
  if (!match?.[1]) return null;
  const text = Buffer.from(match[1], 'base64').toString('utf8');
  const at = text.indexOf(':');
  return at < 1 ? null : { user: text.slice(0, at), password: text.slice(at + 1) };
}

export function createSessions(d: {
  config: Config;
  state: StateStore;
  identities: Identities;
  secret: Buffer;
  clock: () => number;
  attempts?: Attempts;
}): Sessions {
  const attempts = d.attempts ?? createAttempts(d.clock);

  const sessionOf = (identity: Identity, password: string, id: string, via: Session['via']): Session => ({
    id,
    user: identity.user,
    tags: identity.tags,
    vhosts: identity.permissions.map((p) => p.vhost),
    via,
    mayRead: (vhost, name) =>
      identity.permissions.some((p) => p.vhost === vhost && (p.read === null || p.read.test(name))),
    async connect(vhost, name) {
      const connection = new AmqpConnection({
        url: amqpUrlFor(d.config, identity.user, password, vhost),
        name,
      });
      await connection.open();
      return connection;
    },
  });

  /** Every password goes to the broker through here: counted, so that guessing is slow. */
  async function verify(user: string, password: string, address: string): Promise<Identity> {
    const end = attempts.begin(user, password, address);
    try {
      const identity = await d.identities.of(user, password);
      end('right');
      return identity;
    } catch (error) {
      const isWrong = isHoplightError(error) && error.code === 'unauthenticated';
      end(isWrong ? 'wrong' : 'not told');
      if (!isWrong) throw error;
      throw new HoplightError('unauthenticated', 'The broker does not know this user with this password.', {
        notDone: 'You are not signed in.',
        next: 'Check both; they are those of RabbitMQ.',
      });
    }
  }

  async function signIn(user: string, password: string, address: string) {
    const identity = await verify(user, password, address);
    const token = newToken();
    const now = d.clock();
    d.state.deleteExpiredSessions(now);
    d.state.putSession({
      tokenHash: hashToken(token),
      user: identity.user,
      sealedPassword: seal(d.secret, token, password),
      createdAt: now,
      lastUsedAt: now,
      expiresAt: now + LIFETIME_MS,
    });
    return {
      token,
      session: sessionOf(identity, password, hashToken(token), 'cookie'),
      maxAgeSeconds: LIFETIME_MS / 1000,
    };
  }

  const notSignedIn = () =>
    new HoplightError('unauthenticated', 'You are not signed in.', {
      notDone: 'Nothing was read or changed.',
      next: 'Sign in with your RabbitMQ user, or send HTTP Basic with its name and password.',
    });

  return {
    async fromRequest(headers) {
      const basic = basicCredentials(headers);
      if (basic) {
        const identity = await verify(basic.user, basic.password, addressOf(headers));
        return sessionOf(identity, basic.password, `basic ${identity.user}`, 'basic');
      }
      const token = cookieToken(headers);
      if (!token || token.length > 100) throw notSignedIn();
      const stored = d.state.getSession(hashToken(token));
      if (!stored || stored.expiresAt <= d.clock()) throw notSignedIn();
      const password = open(d.secret, token, stored.sealedPassword);
      if (password === null) throw notSignedIn();
      try {
        const identity = await d.identities.of(stored.user, password);
        if (d.clock() - stored.lastUsedAt > 60_000) d.state.touchSession(stored.tokenHash, d.clock());
        return sessionOf(identity, password, stored.tokenHash, 'cookie');
      } catch (error) {
        // The password was changed or the user removed: the broker's word ends the session.
        if (isHoplightError(error) && error.code === 'unauthenticated') {
          d.state.deleteSession(stored.tokenHash);
          throw notSignedIn();
        }
        throw error;
      }
    },
    signIn,
    async signInAutomatically(address) {
      if (!d.config.autoSignIn) throw notSignedIn();
      return signIn(d.config.service.user, d.config.service.password, address);
    },
    signOut(headers) {
      const token = cookieToken(headers);
      if (token) d.state.deleteSession(hashToken(token));
    },
  };
}

/**
 * Next sets x-forwarded-for from the socket when nobody did; a proxy adds its caller at the end, so the end is what a
 * caller behind one cannot choose. Good enough to slow guessing, not to trust.
 */
export function addressOf(headers: Headers): string {
  return headers.get('x-forwarded-for')?.split(',').at(-1)?.trim().slice(0, 64) || 'unknown';
}
