import type { Finding } from '../failure.ts';

interface Tree {
  [key: string]: Tree | string;
}

const MAX_SEGMENTS = 24;

/** `filter[a][_eq]=1&filter[_or][0][b][_lt]=2` as the object that it spells. */
export function unflatten(
  params: readonly (readonly [string, string])[],
  findings: Finding[],
  parameter: 'filter' | 'having',
): unknown {
  const root: Tree = Object.create(null);
  for (const [name, value] of params) {
    const segments = [...name.matchAll(/\[([^[\]]*)\]/g)].map((match) => match[1] ?? '');
    const spelled = `${parameter}${segments.map((segment) => `[${segment}]`).join('')}`;
    if (spelled !== name || segments.length > MAX_SEGMENTS || segments.some((segment) => segment === '')) {
      findings.push({
        path: name,
        code: 'invalid_filter',
        message: `write it as ${parameter}[FIELD][OPERATOR]=VALUE`,
      });
    } else if (!place(root, segments, value)) {
      findings.push({ path: name, code: 'invalid_filter', message: 'is given twice' });
    }
  }
  return root;
}

function place(root: Tree, segments: readonly string[], value: string): boolean {
  let node = root;
  for (const segment of segments.slice(0, -1)) {
    const next = node[segment] ?? Object.create(null);
    if (typeof next === 'string') return false;
    node[segment] = next;
    node = next;
  }
  const last = segments.at(-1);
  if (last === undefined || last in node) return false;
  node[last] = value;
  return true;
}
