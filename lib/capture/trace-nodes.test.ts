import { expect, test } from 'vitest';
import type { ClusterNode } from '../broker/cluster.ts';
import { HoplightError } from '../model/errors.ts';
import { type Known, Tracing } from './tracing.ts';

type Name = 'a' | 'b' | 'c';

/** Three nodes; what a test sets of each is what a round finds. */
function three() {
  const of = () => ({ on: false, running: true, known: true, away: false });
  const nodes: Record<Name, ReturnType<typeof of>> = { a: of(), b: of(), c: of() };
  const state = { now: 1_000, told: [] as Known[], remembered: [] as string[] };
  const clientOf = (name: Name) => ({
    async vhosts() {
      if (nodes[name].away) throw new HoplightError('management_unreachable', 'It does not answer.');
      return [{ name: '/', tracing: nodes[name].on }];
    },
    async setTracing(_: string, on: boolean) {
      nodes[name].on = on;
    },
  });
  const names: Name[] = ['a', 'b', 'c'];
  const tracing = new Tracing({
    management: clientOf('a'),
    nodes: async () =>
      names.map((name): ClusterNode => {
        const { running, known } = nodes[name];
        return { name: `rabbit@${name}`, running, client: running && known ? clientOf(name) : null };
      }),
    user: 'watcher',
    clock: () => state.now,
    tell: (_, known) => state.told.push(known),
    remember: (list) => {
      state.remembered = list;
    },
    wait: async () => {},
  });
  const round = async () => {
    state.told = [];
    state.now += 1_000;
    tracing.lookEverywhere('/');
    await new Promise(setImmediate);
    return state.told;
  };
  const isOn = () => names.filter((name) => nodes[name].on).join('');
  return { nodes, state, tracing, round, isOn };
}
const on: Known = { on: true, words: null, since: null };

test('switches it on at every node, and off again where it was off', async () => {
  const { nodes, state, tracing, round, isOn } = three();
  nodes.b.on = true;
  expect(await round()).toEqual([on]);
  expect(isOn()).toBe('abc');
  await tracing.release('/');
  expect(isOn()).toBe('b');
  expect(state.remembered).toEqual([]);
});

/**
 *   2,000 fine ── a restart takes tracing off ── 3,000 seen ─▶ a gap from 2,000, and it is on again
 */
test('a node found off is switched on, with a gap since it was last seen on', async () => {
  const { nodes, round } = three();
  await round();
  nodes.c.on = false;
  const told = await round();
  expect(told[0]).toMatchObject({
    on: false,
    since: 2_000,
    words: expect.stringContaining('off at rabbit@c'),
  });
  expect(told[1]).toEqual(on);
});

test('a node that is down misses nothing: what may be missing ends with it and begins when it is back', async () => {
  const { nodes, round } = three();
  await round();
  Object.assign(nodes.b, { running: false, on: false });
  expect((await round())[0]).toMatchObject({
    since: 2_000,
    words: expect.stringContaining('rabbit@b went down'),
  });
  expect(await round()).toEqual([on]);
  nodes.b.running = true;
  expect((await round())[0]).toMatchObject({
    since: 4_000,
    words: expect.stringContaining('off at rabbit@b'),
  });
  expect(await round()).toEqual([on]);
});

test('a node at no known address is named, until it is known', async () => {
  const { nodes, round } = three();
  nodes.c.known = false;
  await round();
  const words =
    'Tracing is on at 2 of 3 nodes; rabbit@c answers on no known address: list it in MANAGEMENT_URL.';
  expect(await round()).toMatchObject([{ on: false, words }]);
  nodes.c.known = true;
  expect((await round()).at(-1)).toEqual(on);
});

test('a node that does not answer now is named, with a gap since it last did', async () => {
  const { nodes, round } = three();
  await round();
  nodes.a.away = true;
  for (let i = 0; i < 2; i++)
    expect(await round()).toEqual([
      { on: false, words: 'Tracing is on at 2 of 3 nodes; rabbit@a: It does not answer.', since: 2_000 },
    ]);
});

test('what could not be switched off is remembered', async () => {
  const { nodes, state, tracing, round } = three();
  await round();
  nodes.c.known = false;
  await tracing.release('/');
  expect(state.remembered).toEqual(['["/","rabbit@c"]']);
});
