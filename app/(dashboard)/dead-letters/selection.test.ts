import { describe, expect, it } from 'vitest';
import {
  countOf,
  isChosen,
  keptOf,
  NONE,
  requestOf,
  shownOf,
  shownState,
  toggleCause,
  toggleMessage,
  toggleRange,
  toggleShown,
} from './selection';

const of = (id: string, cause: string) => ({ id, cause });
const [a, b, c] = [of('a.0', 'billing'), of('b.0', 'billing'), of('c.0', 'mail')];
const read = [a, b, c];

describe('choosing dead letters', () => {
  it('by cause covers its messages, and the whole cause is asked for', () => {
    const choice = toggleCause(NONE, 'billing');
    expect(read.map((m) => isChosen(choice, m))).toEqual([true, true, false]);
    expect(shownOf(read, ['billing'])).toEqual([a, b]);
    expect(requestOf(choice, null)).toEqual({ kind: 'causes', keys: ['billing'] });
    const causes = [{ key: 'billing', count: 1_102 }];
    expect(countOf(choice, causes, 1_240, null)).toEqual({ n: 1_102, atLeast: false });
    expect(countOf(choice, causes, 9_000, { matching: 1_240, whole: false }).atLeast).toBe(true);
    expect(toggleCause(choice, 'billing')).toEqual(NONE);
  });

  it('by cause under a filter asks for both, never for more than is listed', () => {
    const filter = { headers: [{ name: 'x-tenant', value: 'acme' }] };
    expect(requestOf(toggleCause(NONE, 'billing'), filter)).toEqual({
      kind: 'filter',
      filter: { ...filter, causes: ['billing'] },
    });
    expect(requestOf({ kind: 'matching' }, filter)).toEqual({ kind: 'filter', filter });
    expect(requestOf({ kind: 'all' }, filter)).toEqual({ kind: 'all' });
  });

  it('turns into single messages when one of a cause is taken out', () => {
    const choice = toggleMessage(toggleCause(NONE, 'billing'), b, read);
    expect(requestOf(choice, null)).toEqual({ kind: 'messages', ids: ['a.0'] });
    expect(shownState(choice, read)).toBe('mixed');
  });

  it('a range takes the state of its last row, in either direction', () => {
    const all = toggleRange(toggleMessage(NONE, c, read), read, 'c.0', a);
    expect(requestOf(all, null)).toEqual({ kind: 'messages', ids: ['c.0', 'a.0', 'b.0'] });
    expect(requestOf(toggleRange(all, read, 'a.0', b), null)).toEqual({ kind: 'messages', ids: ['c.0'] });
    expect(requestOf(toggleRange(NONE, read, 'gone', b), null)).toEqual({ kind: 'messages', ids: ['b.0'] });
  });

  it('all that are listed, and none again', () => {
    const choice = toggleShown(NONE, [a, c]);
    expect(countOf(choice, [], 3, null).n).toBe(2);
    expect(toggleShown(choice, [a, c])).toEqual(NONE);
  });

  it('lets go of what is gone, and of what another filter meant', () => {
    const choice = toggleShown(NONE, [a, c]);
    expect(keptOf(choice, [a], true)).toEqual({ kind: 'messages', ids: new Set(['a.0']) });
    expect(keptOf(choice, [b], false)).toBe(choice);
    expect(keptOf({ kind: 'matching' }, read, false)).toEqual(NONE);
    expect(keptOf(toggleCause(NONE, 'mail'), [a], true)).toEqual(NONE);
  });

  it('nothing asks for nothing', () => {
    expect(requestOf(toggleMessage(toggleMessage(NONE, a, read), a, read), null)).toBeNull();
    expect(countOf({ kind: 'all' }, [], null, null).n).toBeNull();
  });
});
