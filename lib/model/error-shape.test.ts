import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorShape } from './error-shape.ts';

describe('the shape of an error', () => {
  it.each([
    ['order 9871 already charged', 'order … already charged'],
    ['order 9860 already charged', 'order … already charged'],
    ['timeout after 5000ms calling 10.0.3.4:5672', 'timeout after …ms calling …:…'],
    ['no customer 550e8400-e29b-41d4-a716-446655440000', 'no customer …'],
    ['no customer cus_9s6XKzkNRiz8i3', 'no customer cus_…'],
    ['no customer cus_Qa7b2mZ81', 'no customer cus_…'],
    ['duplicate key "a-1" in \'orders\'', 'duplicate key "…" in \'…\''],
    ["can't find the user's cart", "can't find the user's cart"],
    ['at 2026-11-21T10:00:03.123Z: lock 0xdeadbeef held since 10:31', 'at …: lock … held since …'],
    ['bad hash deadbeef01deadbeef02', 'bad hash …'],
    ['unknown ids [1, 2,3, 44]', 'unknown ids […]'],
    ['unknown ids [7]', 'unknown ids […]'],
    ['HTTP 503 from payments', 'HTTP 503 from payments'],
    ['Request failed with status code 404', 'Request failed with status code 404'],
    ['mail to ann@example.org bounced', 'mail to … bounced'],
    ['12.50 EUR is more than 1,000.00 EUR', '… EUR is more than … EUR'],
    ['ORA-00942: table or view does not exist', 'ORA-…: table or view does not exist'],
    ['card declined', 'card declined'],
    ['other errors', 'other errors'],
  ])('of %s is %s', (error, shape) => {
    expect(errorShape(error)).toBe(shape);
  });

  it('keeps apart what differs in words, and protocols’ codes', () => {
    expect(errorShape('HTTP 500 from a')).not.toBe(errorShape('HTTP 503 from a'));
    expect(errorShape('order 1 charged')).not.toBe(errorShape('order 1 refunded'));
  });

  it('is its own shape, and of bounded length, whatever people write', () => {
    const piece = fc.constantFrom(
      'order ',
      '12',
      'a1b2',
      '"x"',
      "'",
      '"',
      ' ',
      '…',
      '2026-01-02',
      ':',
      '0xff',
      '@b.c',
      '-',
      '_',
      '😀',
      ', ',
      'status ',
      '404',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const shape = errorShape(pieces.join(''));
        expect(shape.length).toBeLessThanOrEqual(200);
        expect(errorShape(shape)).toBe(shape);
      }),
      { numRuns: 200 },
    );
  });

  it('takes no longer for long texts made to be slow', () => {
    const started = performance.now();
    for (const text of [
      'a1'.repeat(5_000),
      '"'.repeat(10_000),
      '1:'.repeat(5_000),
      "'a".repeat(5_000),
      'a@'.repeat(5_000),
      '1-'.repeat(5_000),
    ])
      errorShape(text);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
