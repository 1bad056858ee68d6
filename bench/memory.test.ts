import { expect, it } from 'vitest';
import { statusBytes } from './memory.ts';

const status = 'Name:\tnode\nVmRSS:\t  204800 kB\nRssAnon:\t  102400 kB\n';

it('reads kilobytes as bytes', () => expect(statusBytes(status, 'VmRSS')).toBe(200 * 1024 * 1024));
it('does not know what the kernel does not say', () => expect(statusBytes(status, 'VmSwap')).toBeNull());
