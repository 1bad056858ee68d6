import { apiHeaders } from './_answer.ts';

/**
 * A file for saving: no browser shows or runs it, whatever it holds. `type` is application/octet-stream for what came from
 * a broker; `name` may be anything, of which only plain characters are kept.
 */
export function attachment(content: string | Uint8Array<ArrayBuffer>, type: string, name: string): Response {
  return new Response(content, {
    headers: {
      ...apiHeaders,
      'content-type': type,
      'content-disposition': `attachment; filename="${fileName(name)}"`,
    },
  });
}

/** At most 120 letters, digits, dots, dashes and underscores, and no dot at the beginning. */
export function fileName(name: string): string {
  const plain = name.replace(/[^\w.-]+/g, '_').replace(/^[._]+/, '');
  return plain.slice(0, 120) || 'file';
}
