/**
 * How the one subscription takes over the stream that the page's own script has opened. Time is drawn: `·` is what came
 * before the page's code was there, `│` when it took over, what stands after it came then.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveState } from '../../lib/model/live.ts';
import { changeBetween } from '../../lib/model/live-change.ts';
import { wholeOf } from '../../lib/model/live-whole.ts';
import { liveState, queueRow } from '../../test/build-live.ts';
import { EARLY_SCRIPT } from './early.ts';
import { subscribe } from './stream.ts';

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 2;

class FakeSource extends EventTarget {
  static readonly CLOSED = CLOSED;
  static all: FakeSource[] = [];
  readyState = CONNECTING;
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
    FakeSource.all.push(this);
  }
  close() {
    this.readyState = CLOSED;
  }
  says(name: string, data: unknown) {
    this.readyState = OPEN;
    this.dispatchEvent(
      new MessageEvent(name, { data: typeof data === 'string' ? data : JSON.stringify(data) }),
    );
  }
  breaks(readyState = CONNECTING) {
    this.readyState = readyState;
    this.dispatchEvent(new Event('error'));
  }
}

const one = liveState({ now: 1, readAt: 1, queues: [queueRow('orders')] });
const two = liveState({ now: 2, readAt: 2, queues: [queueRow('orders', { ready: 5 })] });
const change = changeBetween(one, two);

let replaced: string[];
let session: object | null;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSource.all = [];
  replaced = [];
  session = {};
  vi.stubGlobal('EventSource', FakeSource);
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('location', {
    pathname: '/queues',
    search: '?sort=name',
    replace: (to: string) => replaced.push(to),
  });
  vi.stubGlobal('fetch', async () => Response.json({ session }));
});
afterEach(() => {
  delete window.__hoplightLive;
  vi.clearAllTimers();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The page arrives: its script runs, as it stands. */
function page(): FakeSource {
  new Function(EARLY_SCRIPT)();
  return last();
}

function last(): FakeSource {
  const source = FakeSource.all.at(-1);
  if (!source) throw new Error('no stream was opened');
  return source;
}

/** The page's code is there. */
function code(again = false) {
  const told: string[] = [];
  const states: LiveState[] = [];
  const end = subscribe(
    {
      onLive: (state) => {
        told.push(`live ${state.now}`);
        states.push(state);
      },
      onState: (state) => told.push(state),
    },
    again,
  );
  return { told, states, end };
}

const streams = () => FakeSource.all.filter((source) => source.readyState !== CLOSED).length;

describe('the stream that the page opens by itself', () => {
  it('is taken over with what came, in order: · build live change │ change', () => {
    const source = page();
    expect(source.url).toBe('/api/live');
    source.says('build', 'one');
    source.says('live', wholeOf(one));
    source.says('change', change);
    const { told, states } = code();
    expect(told).toEqual(['open', 'live 1', 'open', 'live 2']);
    expect(states.at(-1)).toEqual(two);
    source.says('change', { ...changeBetween(two, two), now: 3 });
    expect(told.at(-1)).toBe('live 3');
    expect(FakeSource.all).toEqual([source]);
  });

  it('is taken over before anything came: · │ build live', () => {
    const source = page();
    const { told } = code();
    expect(told).toEqual([]);
    source.says('live', wholeOf(one));
    expect(told).toEqual(['open', 'live 1']);
    vi.advanceTimersByTime(29_000);
    expect(streams()).toBe(1);
  });

  it('has broken and come back meanwhile: · live error live │', () => {
    const source = page();
    source.says('live', wholeOf(one));
    source.breaks();
    source.says('live', wholeOf(two));
    expect(code().told).toEqual(['open', 'live 1', 'lost', 'open', 'live 2']);
    expect(FakeSource.all).toHaveLength(1);
  });

  it('was refused, as nobody is signed in any more: · error │ → the sign-in page, asked once', async () => {
    session = null;
    const source = page();
    source.breaks();
    source.breaks(CLOSED);
    expect(code().told).toEqual(['lost', 'lost']);
    await vi.advanceTimersByTimeAsync(0);
    expect(replaced).toEqual(['/sign-in?next=%2Fqueues%3Fsort%3Dname']);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(FakeSource.all).toHaveLength(1);
  });

  it('was refused for another reason: · error │ → opened anew, one at a time', async () => {
    page().breaks(CLOSED);
    const { told } = code();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(FakeSource.all).toHaveLength(2);
    last().says('live', wholeOf(one));
    expect(told).toEqual(['lost', 'open', 'live 1']);
    expect(streams()).toBe(1);
  });

  it('holds an event that is not understood: · live(broken) change │ → opened anew, the rest not heard', async () => {
    const silent = vi.spyOn(console, 'error').mockReturnValue();
    const source = page();
    source.says('live', '{"now":');
    source.says('live', wholeOf(one));
    const { told } = code();
    expect(told).toEqual(['lost']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(FakeSource.all).toHaveLength(2);
    expect(source.readyState).toBe(CLOSED);
    silent.mockRestore();
  });

  it('is taken once: a second mount closes the first and opens its own', () => {
    const source = page();
    code().end();
    expect(source.readyState).toBe(CLOSED);
    code();
    expect(FakeSource.all).toHaveLength(2);
    expect(streams()).toBe(1);
  });

  it('is closed when nobody takes it, and then opened by who comes late', () => {
    const source = page();
    source.says('live', wholeOf(one));
    vi.advanceTimersByTime(10_000);
    expect(source.readyState).toBe(CLOSED);
    const { told } = code();
    expect(told).toEqual([]);
    expect(streams()).toBe(1);
    last().says('live', wholeOf(two));
    expect(told).toEqual(['open', 'live 2']);
  });

  it('is not there on a page that was drawn without one', () => {
    code();
    expect(FakeSource.all).toHaveLength(1);
  });
});

describe('the subscription', () => {
  it('that begins again calls what is shown old when nothing comes soon, and goes on waiting', () => {
    const { told } = code(true);
    vi.advanceTimersByTime(3_000);
    expect(told).toEqual(['lost']);
    last().says('live', wholeOf(one));
    expect(told).toEqual(['lost', 'open', 'live 1']);
    expect(FakeSource.all).toHaveLength(1);
  });

  it('that begins again says nothing where an event comes in time, or it has ended', () => {
    const { told } = code(true);
    last().says('live', wholeOf(one));
    const other = code(true);
    other.end();
    vi.advanceTimersByTime(3_000);
    expect([told, other.told]).toEqual([['open', 'live 1'], []]);
  });

  it('opens anew after silence, and hears the old one no more', () => {
    const source = page();
    const { told } = code();
    vi.advanceTimersByTime(30_000);
    expect(told).toEqual(['lost']);
    expect(source.readyState).toBe(CLOSED);
    expect(streams()).toBe(1);
    source.says('live', wholeOf(one));
    expect(told).toEqual(['lost']);
  });
});
