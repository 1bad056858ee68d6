/** One AMQP connection per session and vhost, opened on first use, closed after a minute without use or at sign-out. */
import type { AmqpConnection } from '../amqp/connection.ts';
import { HoplightError } from '../model/errors.ts';
import { nothingSent } from './refusal.ts';

/** The part of a session that is needed to act in its user's name. */
export interface PublishingSession {
  id: string;
  user: string;
  /** A new, open connection with the user's own credentials. Throws HoplightError. */
  connect(vhost: string, name: string): Promise<AmqpConnection>;
}

export interface Connections {
  /** Runs `work` with the session's connection to this vhost, a fresh one when the last was lost. */
  use<T>(
    session: PublishingSession,
    vhost: string,
    work: (connection: AmqpConnection) => Promise<T>,
  ): Promise<T>;
  /** Sign-out: closes what this session has open. */
  end(sessionId: string): Promise<void>;
  stop(): Promise<void>;
}

interface Entry {
  sessionId: string;
  opening: Promise<AmqpConnection>;
  users: number;
  idle: NodeJS.Timeout | undefined;
}

export function createConnections(
  o: { idleMs?: number; maxConnections?: number; name?: string } = {},
): Connections {
  const { idleMs = 60_000, maxConnections = 64, name = 'Hoplight publish' } = o;
  const entries = new Map<string, Entry>();

  async function drop(key: string, entry: Entry): Promise<void> {
    clearTimeout(entry.idle);
    if (entries.get(key) === entry) entries.delete(key);
    await entry.opening.then(
      (connection) => connection.close(),
      () => {},
    );
  }

  function enter(key: string, session: PublishingSession, vhost: string): Entry {
    if (entries.size >= maxConnections) {
      throw new HoplightError('busy', `${entries.size} users already have a connection open for publishing`, {
        notDone: 'Nothing was sent.',
        next: 'Try again in a minute.',
        retryAfterSeconds: 30,
      });
    }
    const opening = session.connect(vhost, `${name} (${session.user})`);
    const entry: Entry = { sessionId: session.id, opening, users: 0, idle: undefined };
    entries.set(key, entry);
    opening.then(
      (connection) => connection.onChange(({ state }) => state === 'closed' && void drop(key, entry)),
      () => drop(key, entry),
    );
    return entry;
  }

  return {
    async use(session, vhost, work) {
      const key = `${session.id}\u0000${vhost}`;
      const entry = entries.get(key) ?? enter(key, session, vhost);
      entry.users++;
      clearTimeout(entry.idle);
      try {
        return await work(await entry.opening.catch(nothingSent));
      } finally {
        entry.users--;
        if (entry.users === 0 && entries.get(key) === entry) {
          entry.idle = setTimeout(() => void drop(key, entry), idleMs);
          entry.idle.unref();
        }
      }
    },
    async end(sessionId) {
      const own = [...entries].filter(([, entry]) => entry.sessionId === sessionId);
      await Promise.all(own.map(([key, entry]) => drop(key, entry)));
    },
    async stop() {
      await Promise.all([...entries].map(([key, entry]) => drop(key, entry)));
    },
  };
}
