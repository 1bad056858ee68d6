/** What every engine of the state store must do; see contract.ts. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Told } from '../model/notification.ts';
import type { ReplayMessage } from '../model/replay.ts';
import { jobOf, messageOf } from './journal-samples.ts';
import type { StateStore } from './state.ts';

export interface StateStoreUnderTest {
  store: StateStore;
  reopen(): StateStoreUnderTest;
  destroy(): void;
}

const T0 = 1_700_000_000_000;
const changed = { reason: null, at: T0 + 1 };

export function stateStoreContract(open: (clock?: () => number) => StateStoreUnderTest): void {
  let under: StateStoreUnderTest | null = null;
  const opened = (clock?: () => number) => {
    under = open(clock);
    return under.store;
  };
  const reopened = () => {
    if (!under) throw new Error('nothing is open');
    under = under.reopen();
    return under.store;
  };
  afterEach(() => {
    under?.destroy();
    under = null;
  });

  test('sessions are kept by the hash of their token, touched, ended and expired', () => {
    const store = opened();
    const session = {
      tokenHash: 'aa',
      user: 'guest',
      sealedPassword: new Uint8Array([0, 1, 255]),
      createdAt: T0,
      lastUsedAt: T0,
      expiresAt: T0 + 100,
    };
    store.putSession(session);
    store.putSession({ ...session, tokenHash: 'bb', expiresAt: T0 + 200 });
    store.touchSession('aa', T0 + 50);
    expect(store.getSession('aa')).toEqual({ ...session, lastUsedAt: T0 + 50 });
    expect(store.getSession('cc')).toBeNull();
    expect(store.deleteExpiredSessions(T0 + 100)).toBe(1);
    expect(store.getSession('aa')).toBeNull();
    const after = reopened();
    expect(after.getSession('bb')?.user).toBe('guest');
    after.deleteSession('bb');
    expect(after.getSession('bb')).toBeNull();
  });

  test('an act stands before its outcome, and stays without one when nobody could write it', () => {
    const store = opened();
    const act = { id: 'a', at: T0, by: 'guest', kind: 'publish', words: 'Publish 1', href: '/x' };
    store.recordIntent({ ...act, intent: { exchange: '' } });
    store.recordIntent({ ...act, id: 'b', at: T0 + 1, intent: undefined, href: null });
    store.recordOutcome('a', 'confirmed', T0 + 2);
    expect(reopened().listActs(10)).toEqual([
      { ...act, id: 'b', at: T0 + 1, outcome: null, href: null },
      { ...act, outcome: 'confirmed' },
    ]);
    expect(() => under?.store.recordIntent({ ...act, intent: 1 })).toThrow();
  });

  test('a problem that was told of is kept until its end was told', () => {
    const store = opened();
    const problem = (key: string): Told['problem'] => ({
      key,
      code: 'no_consumer',
      level: 'dead',
      vhost: '/',
      queue: key,
      words: 'nobody consumes',
      figure: '3 ready',
      since: null,
      symptoms: [{ vhost: '/', queue: 'x', words: 'grows' }],
    });
    const told = ['a', 'b', '__proto__'].map((key) => ({ problem: problem(key), firstAt: T0, at: T0 }));
    store.putTold(told, []);
    store.putTold([{ problem: problem('b'), firstAt: T0, at: T0 + 5 }], ['a', 'never told']);
    const after = reopened();
    expect(after.told()).toEqual([
      { problem: problem('__proto__'), firstAt: T0, at: T0 },
      { problem: problem('b'), firstAt: T0, at: T0 + 5 },
    ]);
    after.putTold([], ['b', '__proto__']);
    expect(after.told()).toEqual([]);
  });

  describe('a replay job', () => {
    test('is created, changed, given steps, listed newest first and by state', () => {
      const store = opened();
      store.createJob(jobOf());
      store.createJob(jobOf({ id: 'job-2' }));
      store.updateJob('job-1', { state: 'running', startedAt: T0 + 1 });
      store.addJobStep('job-1', { at: T0 + 1, words: 'Started' });
      store.addJobStep('job-1', { at: T0 + 2, words: 'Paused' });
      const after = reopened();
      expect(after.listJobs(10).map((j) => j.id)).toEqual(['job-2', 'job-1']);
      expect(after.listJobs(1).map((j) => j.id)).toEqual(['job-2']);
      for (let i = 3; i < 106; i++) after.createJob(jobOf({ id: `job-${i}`, queue: 'another' }));
      const ofWork = (job: { queue: string }) => job.queue !== 'another';
      expect(after.listJobs(1, ofWork).map((j) => j.id)).toEqual(['job-2']);
      expect(after.listJobs(9, ofWork).map((j) => j.id)).toEqual(['job-2', 'job-1']);
      expect(after.jobsIn('running').map((j) => j.id)).toEqual(['job-1']);
      expect(after.getJob('job-1')).toMatchObject({
        ...jobOf({ state: 'running', startedAt: T0 + 1 }),
        steps: [{ words: 'Started' }, { words: 'Paused' }],
      });
      expect(after.getJob('nothing')).toBeNull();
      expect(() => after.updateJob('nothing', { note: 'x' })).toThrow('nothing');
      expect(() => after.createJob(jobOf())).toThrow();
    });

    test('counts its journal by outcome and says its rate while it runs', () => {
      let now = T0;
      const store = opened(() => now);
      store.createJob(jobOf({ state: 'running', startedAt: T0 }));
      store.putMessages(
        'job-1',
        [0, 1, 2, 3].map((seq) => messageOf(seq)),
      );
      store.setOutcomes('job-1', [
        { seq: 0, outcome: 'confirmed', ...changed },
        { seq: 1, outcome: 'confirmed', ...changed, possiblyDuplicated: true },
        { seq: 2, outcome: 'returned', reason: '312 NO_ROUTE', at: T0 + 1 },
      ]);
      now = T0 + 2_000;
      const counts = { selected: 4, waiting: 1, confirmed: 2, returned: 1, possiblyDuplicated: 1 };
      expect(store.counts('job-1')).toMatchObject(counts);
      expect(store.getJob('job-1')).toMatchObject({ counts, ratePerSecond: 1.5 });
      store.updateJob('job-1', { state: 'done' });
      expect(store.getJob('job-1')?.ratePerSecond).toBeNull();
      expect(store.counts('nothing').selected).toBe(0);
    });

    test('gives its journal with those that did not make it first, and by outcome', () => {
      const store = opened();
      store.createJob(jobOf({ id: 'other' }));
      store.createJob(jobOf());
      store.putMessages('other', [messageOf(0, { replayId: 'other.0' })]);
      store.putMessages(
        'job-1',
        [0, 1, 2, 3, 4].map((seq) => messageOf(seq)),
      );
      store.setOutcomes('job-1', [
        { seq: 3, outcome: 'skipped', reason: 'too large', at: T0 + 1 },
        { seq: 0, outcome: 'confirmed', ...changed },
        { seq: 9, outcome: 'confirmed', ...changed },
      ]);
      const seqs = (messages: ReplayMessage[]) => messages.map((m) => m.seq);
      expect(seqs(store.messages('job-1', 10, 0))).toEqual([3, 0, 1, 2, 4]);
      expect(seqs(store.messages('job-1', 2, 2))).toEqual([1, 2]);
      expect(seqs(store.messages('job-1', 2, 0))).toEqual([3, 0]);
      expect(seqs(store.messages('job-1', 10, 0, { after: 1 }))).toEqual([3, 2, 4]);
      expect(seqs(store.messages('job-1', 10, 1, { after: 1 }))).toEqual([2, 4]);
      const waiting = { outcomes: ['waiting'] as const };
      expect(seqs(store.messages('job-1', 10, 1, waiting))).toEqual([2, 4]);
      store.setOutcomes('job-1', [{ seq: 4, outcome: 'waiting', ...changed, possiblyDuplicated: true }]);
      expect(seqs(store.messages('job-1', 10, 0, { possiblyDuplicated: true }))).toEqual([4]);
      expect(seqs(store.messagesIn('job-1', 'waiting'))).toEqual([1, 2, 4]);
      const letters: unknown[] = [];
      store.eachLetter('job-1', 'waiting', (row) => letters.push(row));
      expect(letters).toEqual([1, 2, 4].map((seq) => ({ seq, deadLetterId: `d.${seq}` })));
      expect(reopened().messages('job-1', 1, 0)).toEqual([
        messageOf(3, { outcome: 'skipped', reason: 'too large', at: T0 + 1 }),
      ]);
    });

    test('learns from the taps what became of a copy, and never goes back on it', () => {
      const store = opened();
      store.createJob(jobOf());
      store.putMessages(
        'job-1',
        [0, 1, 2, 3].map((seq) => messageOf(seq, { outcome: 'sending' })),
      );
      store.setOutcomes('job-1', [{ seq: 3, outcome: 'skipped', reason: 'why', at: T0 }]);
      const copy = (
        seq: number,
        outcome: 'delivered' | 'settled' | 'died again',
        reason: string | null = null,
      ) => ({
        replayId: `job-1.${seq}`,
        outcome,
        reason,
        at: T0 + 5,
      });
      store.noteCopies([
        copy(0, 'delivered'),
        copy(1, 'died again', 'rejected'),
        copy(3, 'delivered'),
        { ...copy(0, 'settled'), replayId: 'stranger.0' },
        { ...copy(0, 'settled'), replayId: 'job-1.' },
        { ...copy(0, 'settled'), replayId: '' },
      ]);
      // the confirm comes after the tap
      store.setOutcomes('job-1', [
        { seq: 0, outcome: 'confirmed', reason: null, at: T0 + 6 },
        { seq: 1, outcome: 'unknown', reason: 'connection lost', at: T0 + 6, possiblyDuplicated: true },
      ]);
      store.noteCopies([copy(1, 'delivered'), copy(0, 'settled'), copy(2, 'delivered')]);
      store.noteCopies([copy(0, 'died again')]);
      const rows = store.messages('job-1', 10, 0).sort((a, b) => a.seq - b.seq);
      expect(rows.map((m) => m.outcome)).toEqual(['settled', 'died again', 'delivered', 'skipped']);
      expect(rows[1]).toMatchObject({ reason: 'rejected', possiblyDuplicated: true });
    });

    test('goes forward only by what is told of its copies: a death comes after all, and only a journey takes it back', () => {
      const store = opened();
      store.createJob(jobOf());
      const all = [0, 1, 2, 3];
      store.putMessages(
        'job-1',
        all.map((seq) => messageOf(seq, { outcome: 'sending' })),
      );
      store.setOutcomes(
        'job-1',
        all.map((seq) => ({ seq, outcome: 'confirmed' as const, reason: null, at: T0 })),
      );
      const tell = (seq: number, outcome: 'delivered' | 'settled' | 'died again', at: number, more = {}) =>
        store.noteCopies([{ replayId: `job-1.${seq}`, outcome, reason: null, at: T0 + at, ...more }]).length;
      expect([tell(0, 'delivered', 1), tell(0, 'settled', 2), tell(0, 'delivered', 3)]).toEqual([1, 1, 0]);
      // settled by a span, then seen to die: truly later, or a fact that came late
      expect([tell(1, 'settled', 5), tell(1, 'died again', 4), tell(1, 'died again', 6)]).toEqual([1, 0, 1]);
      const shown = { by: 'journey', reason: 'after it died once' };
      expect([tell(1, 'settled', 7), tell(1, 'settled', 7, shown)]).toEqual([0, 1]);
      expect([tell(2, 'died again', 9), tell(2, 'delivered', 8, shown)]).toEqual([1, 0]);
      expect(store.openCopies('job-1', 0, 9)).toEqual([{ seq: 3, journey: 'message:m3' }]);
      expect(store.openCopies('job-1', 3, 9)).toEqual([]);
      expect(store.openCopies('nothing', 0, 9)).toEqual([]);
      expect(store.counts('job-1')).toMatchObject({ settled: 2, diedAgain: 1, confirmed: 1 });
    });
  });

  test('a lease has one holder until it ends or runs out', () => {
    const store = opened();
    expect(store.acquireLease('q', 'a', T0, 100)).toEqual({ ok: true });
    expect(store.acquireLease('q', 'b', T0 + 99, 100)).toEqual({ ok: false, holder: 'a' });
    expect(store.acquireLease('q', 'a', T0 + 99, 100)).toEqual({ ok: true });
    expect(store.acquireLease('q', 'b', T0 + 150, 100)).toEqual({ ok: false, holder: 'a' });
    store.releaseLease('q', 'b');
    expect(reopened().acquireLease('q', 'b', T0 + 199, 100)).toEqual({ ok: true });
    under?.store.releaseLease('q', 'b');
    expect(under?.store.acquireLease('q', 'c', T0 + 200, 100)).toEqual({ ok: true });
  });
}
