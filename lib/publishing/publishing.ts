/** Publishing as the runtime holds it: connections per session, one look at the broker's alarms for all. */
import type { PublishAnswer, PublishRequest } from '../model/api.ts';
import { isHoplightError } from '../model/errors.ts';
import type { Fact } from '../model/fact.ts';
import { type Connections, createConnections, type PublishingSession } from './connections.ts';
import { send } from './send.ts';

/** How long an answer about alarms holds, ms. */
const ALARM_HOLDS_MS = 1_000;

export interface Publishing {
  /** Throws HoplightError; see `send`. */
  send(session: PublishingSession, request: PublishRequest): Promise<PublishAnswer>;
  /** Sign-out: closes the session's connections. */
  end(sessionId: string): Promise<void>;
  stop(): Promise<void>;
}

export interface PublishingNeeds {
  record: (facts: Fact[]) => void;
  clock: () => number;
  bodyBytes: number;
  /** Asks the management API whether any node has an alarm. */
  alarms: () => Promise<boolean>;
  /** Counts how each publish ended: an outcome, or the code of the problem. */
  count?: (outcome: string) => void;
  maxInFlight?: number;
  connections?: Connections;
}

export function createPublishing(d: PublishingNeeds): Publishing {
  const connections = d.connections ?? createConnections();
  let asked: { at: number; answer: Promise<boolean | null> } | null = null;
  const alarm = () => {
    if (!asked || d.clock() - asked.at > ALARM_HOLDS_MS) {
      // a management API that does not answer must not stop publishing: the alarm is then not known
      asked = { at: d.clock(), answer: d.alarms().catch(() => null) };
    }
    return asked.answer;
  };
  return {
    async send(session, request) {
      try {
        const answer = await connections.use(session, request.vhost, (connection) =>
          send(
            {
              connection,
              record: d.record,
              clock: d.clock,
              bodyBytes: d.bodyBytes,
              maxInFlight: d.maxInFlight ?? 32,
              alarm,
            },
            request,
            session.user,
          ),
        );
        d.count?.(answer.outcome);
        return answer;
      } catch (error) {
        d.count?.(isHoplightError(error) ? error.code : 'internal');
        throw error;
      }
    },
    end: (sessionId) => connections.end(sessionId),
    stop: () => connections.stop(),
  };
}
