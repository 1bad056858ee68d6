/** Counts, and what failed by name, out of the runners' JSON reports. */
import { z } from 'zod';

/** `failures`: what failed, by name, each with the first lines of why; the end of a log tells all that is to be known. */
export type Counts = { passed: number; failed: number; skipped: number; failures: string[] };

export const none: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };

export const sum = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  failures: [...a.failures, ...b.failures],
});

/** What was counted, and one failure more. */
export const failedToo = (counts: Counts, what: string): Counts =>
  sum(counts, { ...none, failed: 1, failures: [what] });

const linesOfWhy = 6;

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals' colours, which are no part of the words
const colours = /\u001b\[[\d;]*m/g;

/** A failure's name, and below it the first lines of why. */
const failure = (name: string, why: string) =>
  [name, ...why.replace(colours, '').split('\n').slice(0, linesOfWhy)].join('\n    ').trimEnd();

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number().default(0),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(
        z.object({
          status: z.string(),
          fullName: z.string().default(''),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/** Vitest's JSON. A file that failed without a failed test (it could not be loaded) counts as one failure. */
export function vitestCounts(text: string): Counts {
  const report = vitestReport.parse(JSON.parse(text));
  const failures: string[] = [];
  let broken = 0;
  for (const file of report.testResults) {
    const failed = file.assertionResults.filter((test) => test.status === 'failed');
    for (const test of failed) {
      failures.push(failure(`${file.name} › ${test.fullName}`, test.failureMessages?.join('\n') ?? ''));
    }
    if (file.status === 'failed' && failed.length === 0) {
      broken++;
      failures.push(failure(file.name, file.message));
    }
  }
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken,
    skipped: report.numPendingTests + report.numTodoTests,
    failures,
  };
}

type Suite = {
  suites?: Suite[] | undefined;
  specs: {
    title: string;
    file: string;
    line: number;
    ok: boolean;
    tests: { results: { error?: { message?: string | undefined } | undefined }[] }[];
  }[];
};

const suite: z.ZodType<Suite> = z.lazy(() =>
  z.object({
    suites: z.array(suite).optional(),
    specs: z
      .array(
        z.object({
          title: z.string(),
          file: z.string(),
          line: z.number(),
          ok: z.boolean(),
          tests: z.array(
            z.object({
              results: z.array(z.object({ error: z.object({ message: z.string().optional() }).optional() })),
            }),
          ),
        }),
      )
      .default([]),
  }),
);

const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
  suites: z.array(suite).default([]),
});

const failuresIn = (all: Suite[]): string[] =>
  all.flatMap(({ specs, suites }) => [
    ...specs
      .filter(({ ok }) => !ok)
      .map(({ file, line, title, tests }) => {
        const why = tests.flatMap(({ results }) => results.map(({ error }) => error?.message ?? ''));
        return failure(`${file}:${line} › ${title}`, why.join('\n'));
      }),
    ...failuresIn(suites ?? []),
  ]);

/** Playwright's JSON. Flaky means: passed at a retry. */
export function playwrightCounts(text: string): Counts {
  const { stats, suites } = playwrightReport.parse(JSON.parse(text));
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    skipped: stats.skipped,
    failures: failuresIn(suites),
  };
}
