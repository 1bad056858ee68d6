import { expect, test } from 'vitest';
import { snapshot } from '../../test/build.ts';
import { liveState, queueRow } from '../../test/build-live.ts';
import type { Attention } from '../model/live.ts';
import { type Freshness, toState } from './state.ts';

const fresh: Freshness = { freshness: 'live', readAt: 0, since: null, reason: null };
const down = (vhost: string, queue: string, more: Partial<Attention> = {}): Attention => ({
  code: 'queue_down',
  level: 'dead',
  vhost,
  queue,
  words: `${queue} is down`,
  figure: 'down',
  since: null,
  ...more,
});
const symptom = ({ vhost, queue, words }: Attention) => ({ vhost, queue, words });

test('a symptom whose cause lies in a vhost that the viewer may not see speaks for itself; the cause is not told', () => {
  const [ours, theirs] = [down('ours', 'a'), down('theirs', 'secret')];
  const whole = {
    snapshot: snapshot(),
    rows: [
      queueRow('a', { vhost: 'ours', attention: ours }),
      queueRow('secret', { vhost: 'theirs', attention: theirs }),
    ],
    consumers: [],
    readings: [],
    gone: [],
    attention: [
      { ...theirs, symptoms: [symptom(ours)] },
      down('', '', { symptoms: [symptom(theirs), symptom(ours)] }),
    ],
    topology: { queues: [], lost: [], rings: [], exchanges: [] },
    muted: new Map(),
  };
  const told = (scope: string[]) => toState(whole, scope, 0, fresh, liveState().status).attention;
  expect(told(['ours'])).toEqual([ours, down('', '', { symptoms: [symptom(ours)] })]);
  expect(told(['theirs', 'ours'])).toEqual(whole.attention);
  expect(told(['another'])).toEqual([down('', '')]);
});
