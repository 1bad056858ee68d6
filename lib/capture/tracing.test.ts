import { expect, test } from 'vitest';
import { HoplightError, type ProblemCode } from '../model/errors.ts';
import { type Known, Tracing } from './tracing.ts';

/** A management API whose vhosts and failures a test sets; time passes only when it is waited for. */
function bench() {
  const state = {
    tracing: new Map<string, boolean | null>([['/', false]]),
    failing: null as ProblemCode | null,
    mayList: true,
    maySet: true,
    now: 1_000,
    waits: 0,
    told: [] as Known[],
    remembered: [] as string[][],
    whenWaiting: () => {},
  };
  const fail = (code: ProblemCode) => {
    throw new HoplightError(code, `refused: ${code}`);
  };
  const tracing = new Tracing({
    management: {
      async vhosts() {
        if (state.failing) fail(state.failing);
        if (!state.mayList) fail('forbidden');
        return [...state.tracing].map(([name, flag]) => ({ name, tracing: flag }));
      },
      async setTracing(vhost, on) {
        if (state.failing) fail(state.failing);
        if (!state.maySet) fail('forbidden');
        state.tracing.set(vhost, on);
      },
    },
    user: 'watcher',
    clock: () => state.now,
    tell: (_, known) => state.told.push(known),
    remember: (vhosts) => state.remembered.push(vhosts),
    wait: async () => {
      state.waits++;
      state.now += 500;
      state.whenWaiting();
    },
  });
  const told = async (count: number) => {
    while (state.told.length < count) await Promise.resolve();
    await new Promise(setImmediate); // the try that told it comes to its end
    return state.told.at(-1);
  };
  return { state, tracing, told };
}
const on: Known = { on: true, words: null, since: null };

test('switches tracing on, and off again at the end because it was ours', async () => {
  const { state, tracing, told } = bench();
  tracing.ensure('/');
  expect(await told(1)).toEqual(on);
  expect(state.tracing.get('/')).toBe(true);
  await tracing.release('/');
  expect(state.tracing.get('/')).toBe(false);
  expect(state.remembered).toEqual([['/'], []]);
});

test('leaves on what was on before', async () => {
  const { state, tracing, told } = bench();
  state.tracing.set('/', true);
  tracing.ensure('/');
  expect(await told(1)).toEqual(on);
  await tracing.release('/');
  expect(state.tracing.get('/')).toBe(true);
  expect(state.remembered).toEqual([]);
});

test('switches off what an earlier process had switched on and could not switch off', async () => {
  const { state, tracing, told } = bench();
  state.tracing.set('/', true);
  tracing.restore(['/']);
  tracing.ensure('/');
  await told(1);
  await tracing.release('/');
  expect(state.tracing.get('/')).toBe(false);
});

test('tries on while the management API is away, and says so', async () => {
  const { state, tracing, told } = bench();
  state.failing = 'management_unreachable';
  state.whenWaiting = () => {
    if (state.waits === 3) state.failing = null;
  };
  tracing.ensure('/');
  expect(await told(4)).toEqual(on);
  expect(state.told[0]).toMatchObject({
    on: null,
    words: expect.stringContaining('cannot be switched on yet'),
  });
  expect(state.waits).toBe(3);
});

test('without the right to do it, it says what an administrator runs, and does not try on', async () => {
  for (const mayList of [true, false]) {
    const { state, tracing, told } = bench();
    Object.assign(state, { maySet: false, mayList });
    tracing.ensure('/');
    expect(await told(1)).toMatchObject({
      on: null,
      words: expect.stringContaining('rabbitmqctl trace_on -p /'),
    });
    expect(state.waits).toBe(0);
    tracing.look('/', false, 2_000);
    expect(state.told).toHaveLength(1);
    // somebody ran it
    tracing.look('/', true, 3_000);
    expect(state.told.at(-1)).toEqual(on);
    await tracing.release('/');
    expect(state.remembered.at(-1) ?? []).toEqual([]);
  }
});

/**
 *   1,000 switched on ───── 5,000 a snapshot says off ─▶ the gap begins at 1,000, and it is switched on again
 */
test('a snapshot that shows it off begins a gap where it was last seen on; an older one is let go', async () => {
  const { state, tracing, told } = bench();
  tracing.ensure('/');
  await told(1);
  tracing.look('/', false, 999);
  tracing.look('/', null, 4_000);
  expect(state.told).toHaveLength(1);
  state.now = 5_000;
  state.tracing.set('/', false);
  tracing.look('/', false, 5_000);
  expect(state.told[1]).toMatchObject({
    on: false,
    since: 1_000,
    words: expect.stringContaining('switched off'),
  });
  expect(await told(3)).toEqual(on);
  expect(state.tracing.get('/')).toBe(true);
});
