/** The few paths into JSON that redaction rules are written in: a part of RFC 9535, without filters and slices. */

interface Step {
  /** Reached from any depth below (`..name`). */
  deep: boolean;
  /** A key, or an index as digits; null: any. */
  name: string | null;
}
export type JsonPath = readonly Step[];

const STEP = /(\.\.|\.)([^.[\]'"\s]+)|(\.\.)?\[(?:(\*|\d+)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/y;

/** `$.a.b`, `$.items[*].card`, `$.items[0]`, `$..password`, `$['odd name']`; null when it is not one. */
export function parseJsonPath(text: string): JsonPath | null {
  if (!text.startsWith('$') || text.length > 500) return null;
  const steps: Step[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < text.length) {
    const [found, dots, plain, deep, index, single, double] = STEP.exec(text) ?? [];
    if (found === undefined) return null;
    const quoted = single ?? double;
    const name = quoted === undefined ? (plain ?? index ?? '*') : quoted.replace(/\\(.)/g, '$1');
    steps.push({
      deep: dots === '..' || deep === '..',
      name: name === '*' && quoted === undefined ? null : name,
    });
  }
  return steps.length > 0 ? steps : null;
}
