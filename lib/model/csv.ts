/** CSV (RFC 4180) that is safe to open in a spreadsheet. */

export type Cell = string | number | boolean | null;

/** One record with its line end; null is an empty field. */
export function csvLine(values: readonly Cell[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

/**
 * Text that a spreadsheet would run as a formula (OWASP, CSV injection: = + - @ tab return at its start) gets an
 * apostrophe before it: names and reasons come from strangers.
 */
function cell(value: Cell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = /^[\s]*[=+\-@|%]|^[\t\r\n]/.test(value) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""').replaceAll('\u0000', '')}"`;
}
