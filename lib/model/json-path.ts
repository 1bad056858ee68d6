/** The few paths into JSON that redaction rules and filters are written in: a part of RFC 9535, without filters and slices. */

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

/** The path with every odd name in brackets and quotes, so that it stands without blanks or `=` outside of them. */
export function jsonPathText(text: string): string | null {
  const path = parseJsonPath(text);
  if (!path) return null;
  const step = ({ deep, name }: Step) => {
    const dots = deep ? '..' : '';
    if (name === null) return `${dots}[*]`;
    if (/^[\p{L}\p{N}_-]+$/u.test(name)) return `${dots || '.'}${name}`;
    return `${dots}['${name.replace(/['\\]/g, '\\$&')}']`;
  };
  return `$${path.map(step).join('')}`;
}

/**
 * Whether `test` says yes to one of the values that the path names in parsed JSON. Nothing recurses, however deep it is
 * nested; each value is looked at once.
 */
export function someAt(root: unknown, path: JsonPath, test: (value: unknown) => boolean): boolean {
  // `next`: the steps that may be taken from this value, as indices into the path
  const open: { value: unknown; next: readonly number[] }[] = [{ value: root, next: [0] }];
  for (let one = open.pop(); one; one = open.pop()) {
    const { value, next } = one;
    if (value === null || typeof value !== 'object') continue;
    for (const [key, inner] of Object.entries(value)) {
      const after = new Set<number>();
      for (const i of next) {
        const step = path[i];
        if (step?.deep) after.add(i);
        if (step && (step.name === null || step.name === key)) after.add(i + 1);
      }
      if (after.delete(path.length) && test(inner)) return true;
      if (after.size > 0) open.push({ value: inner, next: [...after] });
    }
  }
  return false;
}
