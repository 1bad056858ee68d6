import { expect, test } from 'vitest';
import { completeLock } from './complete-lock.ts';

const lockWith = (optionalDependencies: Record<string, string>) => ({
  packages: {
    '': {},
    'node_modules/tool': { version: '2.0.0', dev: true, optionalDependencies },
    'node_modules/@tool/cli-linux-x64': { version: '2.0.0', optional: true },
  },
});

test('adds the entries that the mirror lacked, with the platform that their names tell', () => {
  const lock = lockWith({
    '@tool/cli-linux-x64': '2.0.0',
    '@tool/cli-linux-x64-musl': '2.0.0',
    '@tool/cli-win32-arm64': '2.0.0',
  });
  expect(completeLock(lock)).toEqual(['@tool/cli-linux-x64-musl@2.0.0', '@tool/cli-win32-arm64@2.0.0']);
  expect(lock.packages).toMatchObject({
    'node_modules/@tool/cli-linux-x64-musl': {
      version: '2.0.0',
      dev: true,
      optional: true,
      os: ['linux'],
      cpu: ['x64'],
      libc: ['musl'],
    },
    'node_modules/@tool/cli-win32-arm64': {
      version: '2.0.0',
      dev: true,
      optional: true,
      os: ['win32'],
      cpu: ['arm64'],
    },
  });
  expect(completeLock(lock)).toEqual([]);
});

test('refuses to invent a version, or a package that is for no platform', () => {
  expect(() => completeLock(lockWith({ '@tool/cli-darwin-x64': '^2.0.0' }))).toThrow('exact version');
  expect(() => completeLock(lockWith({ 'source-map': '1.0.0' }))).toThrow('names no platform');
});
