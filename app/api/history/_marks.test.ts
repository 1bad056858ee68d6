import { describe, expect, it } from 'vitest';
import type { AuditEntryView } from '@/lib/model/audit.ts';
import type { Moment } from '@/lib/model/moment.ts';
import type { MomentGroup } from '@/lib/store/moments.ts';
import { gapsIn } from './_gaps.ts';
import { marksOf } from './_marks.ts';

const H = 3_600_000;
const session = {
  user: 'bert',
  tags: ['management'],
  vhosts: ['/'],
  mayRead: (_vhost: string, queue: string) => queue !== 'secret',
};

const act = (at: number, kind: string, intent: AuditEntryView['intent'], by = 'anna'): AuditEntryView => ({
  number: at,
  id: `a${at}`,
  at,
  by,
  kind,
  words: `${kind} of 3`,
  intent,
  outcome: 'done',
  outcomeAt: at,
  href: '/replays/1',
  seal: null,
  outcomeSeal: null,
});

function marks(groups: MomentGroup[], acts: AuditEntryView[] = [], queue?: string) {
  const rt = {
    moments: { grouped: () => groups },
    state: { acts: ({ kind }: { kind?: string | undefined }) => acts.filter((a) => a.kind === kind) },
  };
  return marksOf(rt, session, { vhost: '/', queue }, 0, 60 * H).map(({ at, count, kind, words, href }) => ({
    at: at / H,
    count,
    kind,
    words,
    href,
  }));
}

const group = (hour: number, kind: MomentGroup['kind'], count = 1): MomentGroup => ({
  kind,
  at: hour * H,
  until: hour * H,
  count,
  words: `one ${kind}`,
});

describe('marks on the past', () => {
  it('stand for what lies near, look like the gravest and count all', () => {
    expect(
      marks([group(5, 'consumer gone', 1_200), group(5.5, 'node restarted'), group(9, 'consumer gone')]),
    ).toEqual([
      {
        at: 5,
        count: 1_201,
        kind: 'node restarted',
        words: 'one node restarted · 1,200 consumers went',
        href: null,
      },
      { at: 9, count: 1, kind: 'consumer gone', words: 'one consumer gone', href: null },
    ]);
  });

  it('have the acts on queues that the reader may read, where they read and where they send', () => {
    const to = (queue: string) => ({ targets: [{ reaches: [{ queue }] }] });
    const acts = [
      act(5 * H, 'replay', { request: { vhost: '/', queue: 'dead' }, plan: to('a') }),
      act(20 * H, 'delete', { request: { vhost: '/', queue: 'b' }, plan: to('b') }),
      act(30 * H, 'replay', { request: { vhost: '/', queue: 'secret' }, plan: to('a') }),
      act(40 * H, 'replay', { request: { vhost: 'other', queue: 'a' }, plan: to('a') }),
      act(50 * H, 'publish', { vhost: '/', queue: 'a' }),
    ];
    expect(marks([], acts, 'a').map((m) => [m.at, m.kind])).toEqual([
      [5, 'replay'],
      [50, 'publish'],
    ]);
  });
});

describe('gaps in the past', () => {
  const S = 60_000;
  const points = (list: string) =>
    [...list].map((c, i) => ({ at: i * S, slot: c === '·' ? null : { ready: 1 } }));
  const moment = (minute: number, kind: Moment['kind']): Moment => ({
    id: String(minute),
    at: minute * S,
    kind,
    vhost: '',
    queue: null,
    connection: null,
    consumerTag: null,
    words: '',
    source: 'read',
    count: 1,
    href: null,
  });

  it('say who was away, as far as it is known', () => {
    //  minute  0 1 2 3 4 5 6 7 8 9
    const found = gapsIn(points('rr··r··r·rr'), S, 11 * S, [
      moment(3.5, 'hoplight started'),
      moment(5, 'broker away'),
      moment(6.5, 'broker back'),
    ]);
    expect(found.map((g) => [g.from / S, g.to / S, g.reason])).toEqual([
      [1, 4, 'Hoplight was not running'],
      [4, 7, 'broker away'],
      [7, 9, 'not read'],
    ]);
  });

  it('reach up to now while the broker is away', () => {
    expect(gapsIn(points('rr'), S, 30 * S, [moment(2, 'broker away')])).toEqual([
      { from: S, to: 30 * S, reason: 'broker away' },
    ]);
    expect(gapsIn(points('rr'), S, 2.5 * S, [])).toEqual([]);
  });
});
