import { describe, expect, it } from 'vitest';
import { queue } from '../../test/build.ts';
import { rulesOf } from './queue-facts.ts';
import { LIVES_KEPT, readingRules } from './reading-cost.ts';

describe('what a reading costs (facts 13, measured)', () => {
  it.each([
    ['3.10.8', 'classic', null, 'none', 'nack'],
    ['4.0.5', 'classic', null, 'none', 'nack'],
    ['3.10.8', 'quorum', null, 'none', 'close'],
    ['3.13.7', 'quorum', 5, 'counts', 'close'],
    ['3.10.8', 'quorum', -1, 'refused', 'nack'],
    ['4.0.5', 'quorum', null, 'counts', 'nack'],
    ['4.2.1', 'quorum', 30, 'counts', 'nack'],
    ['4.0.5', 'quorum', -1, 'none', 'nack'],
    ['4.3.6', 'quorum', null, 'none', 'nack'],
    ['5.0.0', 'quorum', 5, 'none', 'nack'],
    ['3.10.8', 'stream', null, 'none', 'nack'],
    ['4.3.6', 'stream', null, 'none', 'nack'],
    ['4.3.6', 'other', null, 'refused', 'nack'],
  ] as const)('%s %s, limit %s: %s, put back by %s', (version, type, limit, level, putBack) => {
    expect(readingRules(version, type, limit)).toMatchObject({ level, putBack });
  });

  it('would be the whole queue where it is auto-delete: refused on every version', () => {
    for (const version of ['3.10.8', '4.0.5', '4.3.6'])
      expect(rulesOf({ version }, queue('q', { autoDelete: true })).level).toBe('refused');
  });

  it('is not paid any more when the weakest message has few lives left', () => {
    const at = (spent: number) => readingRules('4.0.5', 'quorum', null, spent);
    expect(at(0)).toMatchObject({ level: 'counts', limit: 20 });
    expect(at(20 - LIVES_KEPT - 1)).toMatchObject({ level: 'counts', limit: LIVES_KEPT + 1 });
    expect(at(20 - LIVES_KEPT)).toMatchObject({ level: 'refused', limit: LIVES_KEPT });
    expect(at(25)).toMatchObject({ level: 'refused', limit: 0 });
    expect(at(25).words).toContain('not once more');
  });
});
