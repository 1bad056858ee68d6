import { expect, it } from 'vitest';
import { attachment, fileName } from './_attachment.ts';

it('keeps nothing of a name that could leave its quotes, its line or its folder', () => {
  expect(fileName('journey-trace:4bf9.json')).toBe('journey-trace_4bf9.json');
  expect(fileName('../../etc/passwd')).toBe('etc_passwd');
  expect(fileName('a"; filename="b.html\r\nx: y')).toBe('a_filename_b.html_x_y');
  expect(fileName('\u202e')).toBe('file');
  expect(fileName('x'.repeat(500))).toHaveLength(120);
});

it('is a file to every browser, and never sniffed', () => {
  const { headers } = attachment('<svg onload=alert(1)>', 'application/octet-stream', 'a.svg');
  expect(headers.get('content-disposition')).toBe('attachment; filename="a.svg"');
  expect(headers.get('content-type')).toBe('application/octet-stream');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
});
