import { describe, expect, it } from 'vitest';
import {
  causeOf,
  countOf,
  isChosen,
  NONE,
  requestOf,
  shownOf,
  shownState,
  toggleCause,
  toggleMessage,
  toggleShown,
} from './selection';

const of = (id: string, originQueue: string, error: string | null = null) => ({
  id,
  originQueue,
  reason: 'rejected',
  error,
});
const [a, b, c] = [of('a.0', 'billing'), of('b.0', 'billing'), of('c.0', 'mail')];
const read = [a, b, c];
const billing = causeOf(a);

describe('choosing dead letters', () => {
  it('by cause covers its messages, and the whole cause is asked for', () => {
    const choice = toggleCause(NONE, billing);
    expect(read.map((m) => isChosen(choice, m))).toEqual([true, true, false]);
    expect(shownOf(read, [billing])).toEqual([a, b]);
    expect(requestOf(choice)).toEqual({ kind: 'causes', keys: [billing] });
    expect(countOf(choice, [{ key: billing, count: 1_102 }], 1_240)).toBe(1_102);
    expect(toggleCause(choice, billing)).toEqual(NONE);
  });

  it('turns into single messages when one of a cause is taken out', () => {
    const choice = toggleMessage(toggleCause(NONE, billing), b, read);
    expect(requestOf(choice)).toEqual({ kind: 'messages', ids: ['a.0'] });
    expect(shownState(choice, read)).toBe('mixed');
  });

  it('all that are listed, and none again', () => {
    const choice = toggleShown(NONE, [a, c]);
    expect(countOf(choice, [], 3)).toBe(2);
    expect(toggleShown(choice, [a, c])).toEqual(NONE);
  });

  it('nothing asks for nothing', () => {
    expect(requestOf(toggleMessage(toggleMessage(NONE, a, read), a, read))).toBeNull();
    expect(countOf({ kind: 'all' }, [], null)).toBeNull();
  });
});
