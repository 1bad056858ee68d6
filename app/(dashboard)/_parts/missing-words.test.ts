import { expect, it } from 'vitest';
import { unreadOf } from './missing-words';

it('says once what one setting hides, with all that follows from it', () => {
  const mend = 'Take `x = true` out of its configuration.';
  expect(
    unreadOf([
      { what: 'rates', why: 'This broker collects no metrics. Rates are unknown.', since: 1, mend },
      { what: 'nodes', why: 'Not permitted', since: 1, mend: 'Ask.' },
      {
        what: 'consumers',
        why: 'This broker collects no metrics. Consumers are counted at best.',
        since: 2,
        mend,
      },
    ]),
  ).toEqual([
    {
      what: 'rates, consumers',
      why: 'This broker collects no metrics. Rates are unknown. Consumers are counted at best.',
      mend,
    },
    { what: 'nodes', why: 'Not permitted.', mend: 'Ask.' },
  ]);
});
