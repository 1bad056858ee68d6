import { expect, test } from 'vitest';
import { playwrightCounts, vitestCounts } from './test-counts.ts';

test('a test file that could not be loaded counts as a failure, though no test of it failed', () => {
  const report = {
    numPassedTests: 4,
    numFailedTests: 1,
    numPendingTests: 2,
    testResults: [
      { name: 'a.test.ts', status: 'passed', assertionResults: [{ status: 'passed' }] },
      {
        name: 'b.test.ts',
        status: 'failed',
        assertionResults: [
          { status: 'passed' },
          {
            status: 'failed',
            fullName: 'adds up',
            failureMessages: ['\u001b[31mexpected 2\u001b[39m\n  at b:1'],
          },
        ],
      },
      { name: 'c.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
    ],
  };
  expect(vitestCounts(JSON.stringify(report))).toEqual({
    passed: 4,
    failed: 2,
    skipped: 2,
    failures: ['b.test.ts › adds up\n    expected 2\n      at b:1', 'c.test.ts\n    no such module'],
  });
});

test('a test that passed at its second try has passed; one that did not is named', () => {
  const spec = { title: 'opens', file: 'page.spec.ts', line: 7, ok: false };
  const report = {
    stats: { expected: 5, unexpected: 1, flaky: 2, skipped: 3 },
    suites: [
      { suites: [{ specs: [{ ...spec, tests: [{ results: [{ error: { message: 'no such text' } }] }] }] }] },
      { specs: [{ ...spec, title: 'closes', ok: true, tests: [{ results: [{}] }] }] },
    ],
  };
  expect(playwrightCounts(JSON.stringify(report))).toEqual({
    passed: 7,
    failed: 1,
    skipped: 3,
    failures: ['page.spec.ts:7 › opens\n    no such text'],
  });
});
