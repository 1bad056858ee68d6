import { describe, expect, it } from 'vitest';
import { joinPages, queryText, questionOf } from './question.ts';

describe('the question in the URL', () => {
  it('takes what it knows and leaves the rest', () => {
    const params = new URLSearchParams('q=%20abc%20&status=dead&queue=billing&odd=1');
    expect(questionOf(params, '/prod')).toEqual({
      q: 'abc',
      status: 'dead',
      queue: 'billing',
      vhost: '/prod',
    });
    expect(questionOf(new URLSearchParams('q=&status=lost'), null)).toEqual({});
  });

  it('becomes the same text whatever the order', () => {
    expect(queryText({ vhost: '/', q: 'a b' })).toBe(queryText({ q: 'a b', vhost: '/' }));
    expect(queryText({}, 'c1')).toBe('cursor=c1&limit=100');
  });
});

it('shows each journey once, where it stands newest', () => {
  const a = { id: 'a', page: 1 };
  const pages = joinPages(
    [a],
    [
      { id: 'a', page: 2 },
      { id: 'b', page: 2 },
      { id: 'b', page: 3 },
    ],
  );
  expect(pages).toEqual([a, { id: 'b', page: 2 }]);
});
