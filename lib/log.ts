/** One line per event on stderr: time, level, words, then fields as JSON. Never a credential, a body or a header value. */
type Fields = Record<string, unknown>;

function write(level: 'info' | 'warn' | 'error', words: string, fields?: Fields): void {
  const tail = fields && Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : '';
  process.stderr.write(`${new Date().toISOString()} ${level} ${words}${tail}\n`);
}

export const log = {
  info: (words: string, fields?: Fields) => write('info', words, fields),
  warn: (words: string, fields?: Fields) => write('warn', words, fields),
  error: (words: string, fields?: Fields) => write('error', words, fields),
};

/** An error's own words, for a log line or a reason shown to people; never its stack. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
