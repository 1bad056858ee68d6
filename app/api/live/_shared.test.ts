import { describe, expect, it } from 'vitest';
import type { LiveState } from '../../../lib/model/live.ts';
import { liveState, queueRow } from '../../../test/build-live.ts';
import { createShared } from './_shared.ts';

function world() {
  let now = 0;
  let made = 0;
  let reading = 1;
  let queues = [queueRow('orders'), queueRow('billing')];
  const ask = createShared(
    () => ({
      of: `${reading}`,
      state: () => {
        made++;
        return liveState({ now, readAt: reading, queues });
      },
    }),
    () => now,
  );
  return {
    ask(sent: LiveState | null, vhosts = ['/']) {
      const { frame, state } = ask(vhosts, sent);
      const [event = '', data = ''] = new TextDecoder().decode(frame).split('\n');
      return { frame, state, event: event.slice('event: '.length), data: data.slice('data: '.length) };
    },
    made: () => made,
    read(next: typeof queues) {
      reading++;
      now += 1_000;
      queues = next;
    },
  };
}

describe('what viewers of the live picture share', () => {
  it('is the whole at first, then the change since what each was sent, made once for all', () => {
    const w = world();
    const viewers = Array.from({ length: 50 }, () => w.ask(null));
    expect(viewers.every((v) => v.event === 'live' && v.frame === viewers[0]?.frame)).toBe(true);
    w.read([queueRow('orders', { ready: 5 }), queueRow('billing')]);
    const next = viewers.map((v) => w.ask(v.state));
    expect(next[0]?.event).toBe('change');
    expect(next.every((v) => v.frame === next[0]?.frame && v.state === next[0]?.state)).toBe(true);
    expect(JSON.parse(next[0]?.data ?? '')).toMatchObject({
      set: { readAt: 2 },
      queues: { changed: [['/\u0000orders', { ready: 5 }]], came: [], went: [] },
    });
    expect(w.made()).toBe(2);
  });

  it('tells a viewer that missed a reading all that is new since its last', () => {
    const w = world();
    const { state } = w.ask(null);
    w.read([queueRow('orders', { ready: 5 }), queueRow('billing')]);
    w.ask(null);
    w.read([queueRow('orders', { ready: 5 }), queueRow('billing', { ready: 1 })]);
    const { data } = w.ask(state);
    expect(JSON.parse(data).queues.changed).toEqual([
      ['/\u0000orders', { ready: 5 }],
      ['/\u0000billing', { ready: 1 }],
    ]);
  });

  it('never mixes rights', () => {
    const w = world();
    expect(w.ask(null, ['/']).state).not.toBe(w.ask(null, ['/', 'prod']).state);
    expect(w.made()).toBe(2);
  });
});
