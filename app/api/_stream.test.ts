import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { eventStream, type StreamDeps } from './_stream.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function open(more: Partial<StreamDeps> = {}) {
  let n = 0;
  let changed = () => {};
  const leaving = new AbortController();
  const onEnd = vi.fn();
  const unsubscribed = vi.fn();
  const stream = eventStream({
    event: 'live',
    encode: () => `{"n":${++n}}`,
    subscribe: (listener) => {
      changed = listener;
      return unsubscribed;
    },
    check: () => Promise.resolve(),
    signal: leaving.signal,
    onEnd,
    ...more,
  });
  const reader = stream.getReader();
  return {
    change: () => changed(),
    leave: () => leaving.abort(),
    onEnd,
    unsubscribed,
    reader,
    read: async () => {
      const { value, done } = await reader.read();
      return done ? 'end' : new TextDecoder().decode(value);
    },
  };
}

test('the build goes before the first state, once', async () => {
  const s = open({ build: 'one' });
  expect(await s.read()).toBe('event: build\ndata: one\n\nevent: live\ndata: {"n":1}\n\n');
  s.change();
  const next = s.read();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await next).toBe('event: live\ndata: {"n":2}\n\n');
  s.leave();
});

test('the first state goes at once, then at most one a second, the latest', async () => {
  //  0 s  0.1 0.2 0.3        1 s            2 s
  //  1    change ×3          2 (latest)     (nothing changed)
  const s = open();
  expect(await s.read()).toBe('event: live\ndata: {"n":1}\n\n');
  for (let i = 0; i < 3; i++) {
    await vi.advanceTimersByTimeAsync(100);
    s.change();
  }
  const next = s.read();
  await vi.advanceTimersByTimeAsync(700);
  expect(await next).toContain('{"n":2}');
  let more = false;
  void s.read().then(() => {
    more = true;
  });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(more).toBe(false);
  s.leave();
});

test('a quiet stream says so every 15 s', async () => {
  const s = open();
  await s.read();
  const next = s.read();
  await vi.advanceTimersByTimeAsync(15_000);
  expect(await next).toContain('{"n":2}');
  s.leave();
});

test('a viewer that does not read gets the latest when it does, not all that it missed', async () => {
  const s = open();
  for (let i = 0; i < 20; i++) {
    s.change();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(await s.read()).toContain('{"n":1}');
  const next = s.read();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await next).toContain('{"n":2}');
  s.leave();
});

test('it ends when the viewer leaves, once, with nothing left behind', async () => {
  const s = open();
  await s.read();
  s.leave();
  s.change();
  expect(await s.read()).toBe('end');
  expect(s.onEnd).toHaveBeenCalledTimes(1);
  expect(s.unsubscribed).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('it ends when the session may not go on', async () => {
  let allowed = true;
  const s = open({ check: () => (allowed ? Promise.resolve() : Promise.reject(new Error('signed out'))) });
  await s.read();
  allowed = false;
  await vi.advanceTimersByTimeAsync(15_000);
  await s.read(); // the state that was due at the same moment
  expect(await s.read()).toBe('end');
  expect(s.onEnd).toHaveBeenCalledTimes(1);
});

test('it ends when the state can no longer be had: the server stops', async () => {
  let up = true;
  const s = open({
    encode: () => {
      if (!up) throw new Error('stopping');
      return '{}';
    },
  });
  await s.read();
  up = false;
  s.change();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await s.read()).toBe('end');
});

test('with nothing to say it is quiet, but not for so long that it seems broken', async () => {
  const s = open({ encode: (due) => (due ? '[]' : null) });
  await s.read();
  let said = '';
  void s.read().then((text) => {
    said = text;
  });
  s.change();
  await vi.advanceTimersByTimeAsync(14_000);
  expect(said).toBe('');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(said).toBe('event: live\ndata: []\n\n');
  s.leave();
});

test('a viewer that cancels is gone', async () => {
  const s = open();
  await s.reader.cancel();
  expect(s.onEnd).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('a viewer that reads nothing is held one event, and its place, however long', async () => {
  const encode = vi.fn(() => 'x'.repeat(1_000));
  const s = open({ encode });
  for (let minute = 0; minute < 10; minute++) {
    s.change();
    await vi.advanceTimersByTimeAsync(60_000);
  }
  expect(encode).toHaveBeenCalledTimes(1);
  // its place is what bounds how many may do so
  expect(s.onEnd).not.toHaveBeenCalled();
  await s.read();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(encode).toHaveBeenCalledTimes(2);
  s.leave();
});

test('one whose first event could not be made holds nothing', async () => {
  const subscribe = vi.fn(() => () => {});
  const s = open({
    encode: () => {
      throw new Error('Hoplight is stopping.');
    },
    subscribe,
  });
  expect(await s.read()).toBe('end');
  expect(s.onEnd).toHaveBeenCalledOnce();
  expect(subscribe).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
