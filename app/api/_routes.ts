/**
 * Every door of the application: what it takes, what it answers, who may knock. docs/openapi.json is made from this
 * table, and a test holds it against the files: a route that is not listed here, or listed and not there, fails it.
 */
import type { z } from 'zod';
import * as api from '../../lib/model/api.ts';
import { auditExportSchema, auditListSchema, auditQuerySchema } from '../../lib/model/audit.ts';
import { causeNoteAnswerSchema, causeNoteChangeSchema } from '../../lib/model/cause-note.ts';
import { historyQuerySchema, historySchema } from '../../lib/model/history.ts';
import { liveWholeSchema } from '../../lib/model/live.ts';
import { momentListSchema, momentQuerySchema } from '../../lib/model/moment.ts';
import { notificationTestAnswerSchema, notificationTestSchema } from '../../lib/model/notification.ts';
import { replayRequestSchema } from '../../lib/model/replay.ts';
import { signInSchema } from '../../lib/model/session.ts';

/**
 * session: cookie or HTTP Basic; own-site: only the Host (and for writes the Origin) is checked; otlp: Host, no foreign
 * Origin, and the token (from this machine none is needed where none is set).
 */
export type Door = 'session' | 'own-site' | 'otlp';

export interface RouteEntry {
  method: 'GET' | 'POST' | 'DELETE';
  /** As Next writes it: `[name]` is a segment. */
  path: string;
  door: Door;
  summary: string;
  query?: z.ZodType;
  /** Request headers of its own, each with what it is for. */
  headers?: Record<string, string>;
  body?: z.ZodType;
  answer?: z.ZodType;
  /** Of success; 200 when absent. */
  status?: number;
  /** A second way to succeed, with another status and answer. */
  or?: { status: number; answer: z.ZodType; summary: string };
  /** Of the answer; application/json when absent. */
  type?: string;
  /** Content types of a body that is not described here. */
  takes?: string[];
  /** Problem codes beyond those that every door may answer. */
  problems?: string[];
}

export const routes: RouteEntry[] = [
  {
    method: 'GET',
    path: '/api/session',
    door: 'own-site',
    summary: 'Who is signed in',
    answer: api.sessionAnswerSchema,
  },
  {
    method: 'POST',
    path: '/api/session',
    door: 'own-site',
    summary: 'Sign in with a RabbitMQ user',
    body: signInSchema,
    answer: api.sessionAnswerSchema,
    problems: ['unauthenticated', 'forbidden', 'too_many_requests', 'management_unreachable'],
  },
  { method: 'DELETE', path: '/api/session', door: 'session', summary: 'Sign out', status: 204 },
  {
    method: 'GET',
    path: '/api/overview',
    door: 'session',
    summary: 'Health, totals, what needs a look',
    answer: api.overviewSchema,
  },
  {
    method: 'GET',
    path: '/api/queues',
    door: 'session',
    summary: 'Every queue that the user may see',
    answer: api.queueListSchema,
  },
  {
    method: 'GET',
    path: '/api/queues/[vhost]/[name]',
    door: 'session',
    summary: 'One queue',
    answer: api.queueDetailSchema,
    problems: ['not_found'],
  },
  {
    method: 'GET',
    path: '/api/history',
    door: 'session',
    summary: 'Depth, rates and consumers of a queue, a vhost or all, over minutes to months',
    query: historyQuerySchema,
    answer: historySchema,
    problems: ['bad_input', 'not_found'],
  },
  {
    method: 'GET',
    path: '/api/moments',
    door: 'session',
    summary: 'What happened to a queue, a connection, or all: consumers, nodes, alarms, acts; newest first',
    query: momentQuerySchema,
    answer: momentListSchema,
    problems: ['bad_input', 'not_found'],
  },
  {
    method: 'GET',
    path: '/api/consumers',
    door: 'session',
    summary: 'Consumers that are there, and those that went',
    answer: api.consumerListSchema,
  },
  {
    method: 'GET',
    path: '/api/journeys',
    door: 'session',
    summary: 'Latest journeys, or those that any ID belongs to',
    query: api.journeyQuerySchema,
    answer: api.journeyListSchema,
    problems: ['bad_input'],
  },
  {
    method: 'GET',
    path: '/api/journeys/tail',
    door: 'session',
    summary: 'Journeys as they come in and change, as server-sent events (event `journeys`)',
    query: api.journeyQuerySchema,
    answer: api.journeyTailSchema,
    type: 'text/event-stream',
    problems: ['bad_input', 'not_found', 'too_many_requests'],
  },
  {
    method: 'GET',
    path: '/api/journeys/[id]',
    door: 'session',
    summary: 'One journey with all its hops, by its ID or any ID',
    answer: api.journeyAnswerSchema,
    problems: ['not_found', 'bad_input'],
  },
  {
    method: 'GET',
    path: '/api/journeys/[id]/export',
    door: 'session',
    summary: 'The journey as a file: as JSON, or its hops as OpenTelemetry spans in OTLP JSON',
    query: api.exportQuerySchema,
    type: 'application/json',
    problems: ['not_found', 'bad_input'],
  },
  {
    method: 'GET',
    path: '/api/journeys/[id]/body',
    door: 'session',
    summary: 'The body that one hop carried, as a file of octets',
    query: api.bodyQuerySchema,
    type: 'application/octet-stream',
    problems: ['not_found', 'bad_input'],
  },
  {
    method: 'GET',
    path: '/api/latency',
    door: 'session',
    summary: 'Time from publish to first delivery as percentiles, by queue and over time',
    query: api.latencyQuerySchema,
    answer: api.latencySchema,
    problems: ['bad_input', 'not_found'],
  },
  {
    method: 'GET',
    path: '/api/dead-letters',
    door: 'session',
    summary: 'Dead-letter queues, causes, counts',
    answer: api.deadLetterListSchema,
  },
  {
    method: 'GET',
    path: '/api/dead-letters/[vhost]/[queue]/messages',
    door: 'session',
    summary: 'Reads messages of a dead-letter queue without taking them',
    query: api.deadLetterQuerySchema,
    answer: api.deadLetterPageSchema,
    problems: ['not_found', 'conflict', 'broker_unreachable'],
  },
  {
    method: 'POST',
    path: '/api/dead-letters/notes',
    door: 'session',
    summary: 'Write a note on a cause of dead letters, mute it for a while, or take both away',
    body: causeNoteChangeSchema,
    answer: causeNoteAnswerSchema,
    problems: ['bad_input', 'not_found', 'conflict'],
  },
  {
    method: 'GET',
    path: '/api/replays',
    door: 'session',
    summary: 'Latest replay jobs',
    answer: api.replayListSchema,
  },
  {
    method: 'POST',
    path: '/api/replays',
    door: 'session',
    summary: 'Plan a replay (dryRun) or start it',
    headers: {
      'Idempotency-Key':
        '1 to 255 printable characters, kept for 24 hours: the same request with the same key again gets the job that the first one began (then with the header `Idempotency-Replayed: true`); another request with it is a 409 problem',
    },
    body: replayRequestSchema,
    answer: api.replayAnswerSchema,
    status: 202,
    or: { status: 200, answer: api.planAnswerSchema, summary: 'The plan alone, with dryRun' },
    problems: [
      'bad_input',
      'not_found',
      'conflict',
      'consent_needed',
      'broker_unreachable',
      'broker_blocked',
    ],
  },
  {
    method: 'GET',
    path: '/api/replays/[id]',
    door: 'session',
    summary: 'State, counts and receipt of a replay job',
    answer: api.replayAnswerSchema,
    problems: ['not_found'],
  },
  {
    method: 'POST',
    path: '/api/replays/[id]',
    door: 'session',
    summary: 'Pause, resume or cancel a replay job, or change its pace',
    body: api.replayActionSchema,
    answer: api.replayAnswerSchema,
    problems: ['not_found', 'conflict', 'forbidden'],
  },
  {
    method: 'GET',
    path: '/api/replays/[id]/events',
    door: 'session',
    summary: 'A replay job as it changes, as server-sent events (event `replay`)',
    answer: api.replayEventSchema,
    type: 'text/event-stream',
    problems: ['not_found', 'too_many_requests'],
  },
  {
    method: 'GET',
    path: '/api/replays/[id]/messages',
    door: 'session',
    summary: 'Rows of the receipt, a page at a time, of some outcomes',
    query: api.receiptQuerySchema,
    answer: api.receiptPageSchema,
    problems: ['bad_input', 'not_found'],
  },
  {
    method: 'GET',
    path: '/api/replays/[id]/receipt',
    door: 'session',
    summary: 'The whole receipt as CSV',
    type: 'text/csv',
    problems: ['not_found'],
  },
  {
    method: 'GET',
    path: '/api/audit',
    door: 'session',
    summary: 'Who did what, when, with what result, newest first; and whether the chain of seals is whole',
    query: auditQuerySchema,
    answer: auditListSchema,
    problems: ['bad_input'],
  },
  {
    method: 'GET',
    path: '/api/audit/export',
    door: 'session',
    summary: 'The audit log as CSV or as NDJSON with its seals, oldest first',
    query: auditExportSchema,
    type: 'text/csv',
    problems: ['bad_input'],
  },
  {
    method: 'GET',
    path: '/api/replays/[id]/export',
    door: 'session',
    summary: 'What a deletion took out of its queue, a line of JSON for each message',
    type: 'application/x-ndjson',
    problems: ['not_found'],
  },
  {
    method: 'POST',
    path: '/api/publish',
    door: 'session',
    summary: 'Publish one message, confirmed and traced',
    body: api.publishRequestSchema,
    answer: api.publishAnswerSchema,
    problems: [
      'bad_input',
      'not_found',
      'forbidden',
      'too_large',
      'broker_unreachable',
      'broker_blocked',
      'busy',
    ],
  },
  {
    method: 'GET',
    path: '/api/publish/targets',
    door: 'session',
    summary: 'Which queues a publish would reach now',
    query: api.publishTargetsQuerySchema,
    answer: api.publishTargetsSchema,
    problems: ['bad_input', 'not_found', 'management_unreachable'],
  },
  {
    method: 'POST',
    path: '/api/tap',
    door: 'session',
    summary: 'Switch the tap of a vhost on or off',
    body: api.tapRequestSchema,
    answer: api.tapAnswerSchema,
    problems: ['forbidden', 'not_found', 'conflict'],
  },
  {
    method: 'GET',
    path: '/api/capture',
    door: 'session',
    summary: 'What is captured and kept, and what that costs now',
    answer: api.captureAnswerSchema,
  },
  {
    method: 'POST',
    path: '/api/capture',
    door: 'session',
    summary: 'Change what is captured, from now on and over restarts',
    body: api.captureChangeSchema,
    answer: api.captureAnswerSchema,
    problems: ['bad_input', 'forbidden', 'not_found', 'busy'],
  },
  {
    method: 'POST',
    path: '/api/capture/purge',
    door: 'session',
    summary: 'Forget what is stored, all of it or what is older than a time',
    body: api.purgeRequestSchema,
    answer: api.purgeAnswerSchema,
    problems: ['bad_input', 'forbidden', 'busy'],
  },
  {
    method: 'POST',
    path: '/api/notifications/test',
    door: 'session',
    summary: 'Send one message to the webhook, to see whether it arrives',
    body: notificationTestSchema,
    answer: notificationTestAnswerSchema,
    problems: ['bad_input', 'forbidden', 'conflict'],
  },
  {
    method: 'GET',
    path: '/api/live',
    door: 'session',
    summary:
      'The live picture as server-sent events: first the whole (event `live`), then what changed (event `change`)',
    answer: liveWholeSchema,
    type: 'text/event-stream',
  },
  {
    method: 'GET',
    path: '/api/health',
    door: 'own-site',
    summary: 'UP, DEGRADED, DOWN or UNKNOWN; components for those who are signed in',
    answer: api.healthSchema,
  },
  { method: 'GET', path: '/api/health/live', door: 'own-site', summary: 'The process answers' },
  { method: 'GET', path: '/api/health/ready', door: 'own-site', summary: 'It can do its work: 200 or 503' },
  {
    method: 'POST',
    path: '/v1/traces',
    door: 'otlp',
    summary:
      'Spans of services by OTLP/HTTP, gzip or not; answers, refusals too, in the encoding of the request',
    takes: ['application/x-protobuf', 'application/json'],
    type: 'application/x-protobuf',
    problems: ['bad_input', 'unauthenticated', 'not_found', 'too_large', 'busy'],
  },
  {
    method: 'GET',
    path: '/metrics',
    door: 'session',
    summary: 'Prometheus text, for the tags monitoring and administrator',
    type: 'text/plain',
    problems: ['forbidden'],
  },
];
