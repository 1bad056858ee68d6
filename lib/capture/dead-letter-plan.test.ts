import { expect, test } from 'vitest';
import { binding, exchange, queue, snapshot } from '../../test/build.ts';
import { planDeadLetterTaps } from './dead-letter-plan.ts';

const dead = (name: string, more = {}) => ({
  deadLetter: { exchange: name, routingKey: 'gone', from: 'argument' as const, ...more },
});
const key = (routingKey: string, args = {}) => ({ routingKey, arguments: args });

test('where queues are bound already, exactly their bindings are repeated: nothing becomes routable by us', () => {
  const plan = planDeadLetterTaps(
    snapshot({
      queues: [
        queue('a', dead('topic')),
        queue('b', dead('direct')),
        queue('c', dead('fanout')),
        queue('d', dead('headers')),
      ],
      exchanges: [
        exchange('topic', 'topic', { alternate: 'elsewhere' }),
        exchange('direct'),
        exchange('fanout', 'fanout'),
        exchange('headers', 'headers'),
      ],
      bindings: [
        binding('topic', 'gone.*', 'dead'),
        binding('topic', 'gone.*', 'dead-too'),
        binding('topic', 'x', 'other', { destinationType: 'exchange' }),
        binding('topic', '#', 'hoplight.dlx.1'),
        binding('direct', 'gone', 'dead', { arguments: { ignored: 1 } }),
        binding('fanout', 'whatever', 'dead'),
        binding('headers', '', 'dead', { arguments: { 'x-match': 'any', kind: 'order' } }),
      ],
    }),
  );
  expect(plan.get('/')?.map((s) => [s.exchange, s.bindings])).toEqual([
    ['topic', [key('gone.*'), key('x')]],
    ['direct', [key('gone')]],
    ['fanout', [key('whatever')]],
    ['headers', [key('', { 'x-match': 'any', kind: 'order' })]],
  ]);
});

test('an exchange with nothing bound loses all that it gets: there the tap sees every death', () => {
  const plan = planDeadLetterTaps(
    snapshot({
      queues: [queue('a', dead('topic')), queue('b', dead('direct')), queue('c', dead('fanout'))],
      exchanges: [exchange('topic', 'topic'), exchange('direct'), exchange('fanout', 'fanout')],
    }),
  );
  expect(plan.get('/')?.map((s) => s.bindings)).toEqual([[key('#')], [key('gone')], [key('')]]);
});

test('what cannot be tapped without changing where messages go is left alone, and says why', () => {
  const plan = planDeadLetterTaps(
    snapshot({
      queues: [
        queue('a', dead('')),
        queue('b', dead('hashed')),
        queue('c', dead('kept', { strategy: 'at-least-once' })),
        queue('d', { vhost: 'two', ...dead('missing') }),
      ],
      exchanges: [exchange('hashed', 'x-consistent-hash'), exchange('kept', 'topic')],
      bindings: [binding('hashed', '10', 'dead')],
    }),
  );
  expect(plan.get('/')?.map((s) => [s.exchange, s.bindings, s.words.slice(0, 30)])).toEqual([
    ['', [], 'Nothing can be bound to the de'],
    ['hashed', [], 'A binding of ours to an exchan'],
    ['kept', [], 'Nothing is bound to it, and a '],
  ]);
  expect(plan.get('two')).toBeUndefined();
});
