/** What is new between two values as JSON has them. Pure, and without schemas, since the browser uses it too. */

/** Null when a field is gone, which a change cannot tell. */
export function newFields<T extends object>(before: T, after: T): Partial<T> | null {
  const fields: Partial<T> = {};
  for (const name in before) {
    const value = after[name];
    if (value === undefined && before[name] !== undefined) return null;
    if (!isSame(before[name], value)) fields[name] = value;
  }
  for (const name in after) if (before[name] === undefined) fields[name] = after[name];
  return fields;
}

export function isEmpty(fields: object): boolean {
  for (const _ in fields) return false;
  return true;
}

/** Of values as JSON has them. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((value, i) => isSame(value, b[i]));
  if (!isObject(a) || !isObject(b) || Array.isArray(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
