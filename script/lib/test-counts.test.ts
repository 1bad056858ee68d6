import { expect, test } from 'vitest';
import { playwrightCounts, vitestCounts } from './test-counts.ts';

test('a test file that could not be loaded counts as a failure, though no test of it failed', () => {
  const report = {
    numPassedTests: 4,
    numFailedTests: 1,
    numPendingTests: 2,
    testResults: [
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
      { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] },
      { status: 'failed', assertionResults: [] },
    ],
  };
  expect(vitestCounts(JSON.stringify(report))).toEqual({ passed: 4, failed: 2, skipped: 2 });
});

test('a test that passed at its second try has passed', () => {
  const report = { stats: { expected: 5, unexpected: 1, flaky: 2, skipped: 3 } };
  expect(playwrightCounts(JSON.stringify(report))).toEqual({ passed: 7, failed: 1, skipped: 3 });
});
