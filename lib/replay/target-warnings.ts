/** What a plan says of the places where copies go. */
import { type Aim, addressKey, type PlanView } from './plan-input.ts';
import {
  consent,
  count,
  nameOf,
  note,
  type Rule,
  refuse,
  SMALL_EXPIRATION,
  unique,
} from './warning-words.ts';

/** A target that may only turn up later (the queue was not read to its end) must not stop those that are there. */
const targets: Rule = ({ aims, queue }) => {
  const leads = aims.some((a) => a.queues.length > 0);
  return aims.flatMap((aim) => {
    const missing = aim.messages === null && leads ? note : refuse;
    if (!aim.way.exists) return [missing('target_missing', `There is no exchange ${aim.exchange}.`)];
    if (aim.queues.length === 0)
      return [
        missing(
          'target_missing',
          aim.exchange === ''
            ? `There is no queue ${aim.routingKey} any more. Choose another target, or declare it again.`
            : `No queue is bound to ${nameOf(aim)}: every copy would come back.`,
        ),
      ];
    if (aim.queues.some((q) => q.name === queue.name))
      return [refuse('target_is_source', `${nameOf(aim)} leads back into ${queue.name} itself.`)];
    const stream = aim.queues.find((q) => q.queue?.type === 'stream');
    return stream
      ? [
          refuse(
            'target_stream',
            `${stream.name} is a stream: it would drop header types, and cannot be taken back.`,
          ),
        ]
      : [];
  });
};

/** Asked of the broker, on the user's own connection. */
const permission: Rule = ({ aims, asked }) =>
  unique(
    aims.flatMap((aim) => {
      const may = asked.mayWrite.get(addressKey(aim)) ?? 'unknown';
      const place = aim.exchange === '' ? 'the default exchange (amq.default)' : nameOf(aim);
      if (may === 'no')
        return [
          refuse(
            'no_write',
            `The broker does not let you write to ${place}. Ask for the write permission, or choose another target.`,
          ),
        ];
      return may === 'unknown' && aim.way.exists
        ? [
            note(
              'write_unknown',
              `Whether you may write to ${place} the broker did not say. If not, the replay stops and nothing is lost.`,
            ),
          ]
        : [];
    }),
  );

const alternates: Rule = ({ aims, snapshot, request }) =>
  unique(
    aims.flatMap((aim) => {
      const alternate = snapshot.exchanges.find(
        (e) => e.vhost === request.vhost && e.name === aim.exchange && aim.exchange !== '',
      )?.alternate;
      if (aim.way.viaAlternate)
        return [
          consent(
            'alternate_exchange',
            `Nothing is bound to ${nameOf(aim)}: its alternate exchange ${aim.way.viaAlternate} takes the copies, to ${aim.queues.map((q) => q.name).join(', ')}, and the broker confirms them all the same.`,
          ),
        ];
      return alternate
        ? [
            consent(
              'alternate_exchange',
              `Exchange ${aim.exchange} has the alternate ${alternate}: a copy that loses its way goes there and is confirmed, not returned.`,
            ),
          ]
        : [];
    }),
  );

interface Coming {
  name: string;
  queue: NonNullable<Aim['queues'][number]['queue']>;
  /** Messages, and bytes of their bodies, that the plan sends there; null: not known. */
  messages: number;
  bytes: number | null;
}

/** Several keys may lead into one queue. */
function comingTo({ aims, going, selected, exact }: PlanView): Coming[] {
  const found = new Map<string, Coming>();
  for (const aim of aims) {
    const key = addressKey(aim);
    const own = exact
      ? going.reduce(
          (sum, e) => ('cannot' in e.address || addressKey(e.address) !== key ? sum : sum + e.bytes),
          0,
        )
      : null;
    for (const { name, queue } of aim.queues) {
      if (!queue) continue;
      const old = found.get(name);
      const all = aim.messages === null ? selected : Math.min(selected, (old?.messages ?? 0) + aim.messages);
      const bytes = own === null || old?.bytes === null ? null : (old?.bytes ?? 0) + own;
      found.set(name, { name, queue, messages: all, bytes });
    }
  }
  return [...found.values()];
}

/** Half of the room is left to publishers, which fill it at the same time. */
const limits: Rule = (view) =>
  comingTo(view).flatMap(({ name, queue, messages, bytes }) => {
    const { maxLength, maxLengthBytes, overflow } = queue.limits;
    if (maxLength === null && maxLengthBytes === null) return [];
    const ready = view.asked.ready.get(name) ?? queue.ready;
    const room = maxLength === null || ready === null ? null : Math.max(0, maxLength - ready);
    const roomBytes =
      maxLengthBytes === null || queue.bytes === null ? null : Math.max(0, maxLengthBytes - queue.bytes);
    const limit = maxLength === null ? `${count(maxLengthBytes ?? 0)} bytes` : `${count(maxLength)} messages`;
    const now = room === null ? '' : `, has room for ${count(room)} now`;
    if (overflow !== null && overflow !== 'drop-head')
      return room !== null && room < messages
        ? [
            note(
              'target_full',
              `${name} takes ${limit}${now} and rejects more: what it rejects stays in the dead-letter queue.`,
            ),
          ]
        : [];
    const fits = maxLength === null || (room !== null && messages <= room / 2);
    const fitsBytes =
      maxLengthBytes === null || (roomBytes !== null && bytes !== null && bytes <= roomBytes / 2);
    if (fits && fitsBytes) return [];
    return [
      consent(
        'drop_head',
        `${name} takes ${limit}${now}, and then drops its oldest message for each new one, which the broker confirms without a word: live messages or copies could be lost.`,
      ),
    ];
  });

const rings: Rule = ({ aims, topology, request }) =>
  aims.flatMap((aim) =>
    aim.queues.flatMap(({ name, queue }) => {
      const ring = topology.rings.find((r) => r.vhost === request.vhost && r.queues.includes(name));
      if (!ring) return [];
      const level = queue?.consumers ? note : consent;
      return [
        level(
          'ttl_ring',
          `${name} is part of a ring of dead-letter exchanges, ${[...ring.queues, ring.queues[0]].join(' → ')}: a copy that goes round without being rejected is dropped without a word.`,
        ),
      ];
    }),
  );

const waiting: Rule = ({ aims, request }) =>
  aims.flatMap((aim) =>
    aim.queues.flatMap(({ name, queue }) => {
      const ttl = queue?.limits.messageTtlMs ?? null;
      return [
        ...(queue?.consumers === 0 && request.act === 'replay'
          ? [note('no_consumers', `${name} has no consumer now: the copies will wait there.`)]
          : []),
        ...(ttl !== null && ttl < SMALL_EXPIRATION
          ? [
              note(
                'target_ttl',
                `${name} keeps messages for ${count(ttl)} ms only: what is not taken by then expires.`,
              ),
            ]
          : []),
        ...(queue?.durable === false
          ? [
              note(
                'target_not_durable',
                `${name} is not durable: it goes, with the copies, when the broker restarts.`,
              ),
            ]
          : []),
        ...(request.keepOrder && queue?.arguments['x-max-priority'] !== undefined
          ? [
              note(
                'target_priority',
                `${name} delivers by priority: the order is kept within a priority only.`,
              ),
            ]
          : []),
      ];
    }),
  );

const fanOut: Rule = ({ aims }) =>
  aims.flatMap((aim) =>
    aim.queues.length > 1
      ? [
          note(
            'fan_out',
            `${nameOf(aim)} reaches ${aim.queues.length} queues: each gets a copy, also those that had dealt with the message. When one of them rejects, all of it counts as refused.`,
          ),
        ]
      : [],
  );

export const targetRules: Rule[] = [targets, permission, alternates, limits, rings, waiting, fanOut];
