import { isName, isSystemField } from './identifiers.ts';

const MAX_LENGTH = 48;

/**
 * Names that fit the grammar, for names of any kind and in their order: `Release Date` becomes `release_date`. What fits
 * stays as it is; two that would be one get numbers, and so do those that the system keeps for itself, as they stand.
 */
export function fitNames(names: readonly string[]): readonly string[] {
  const fitted = names.map(fitName);
  const taken = new Set(names.filter((name, n) => fitted[n] === name));
  return fitted.map((name, n) => {
    if (name === names[n] && names.indexOf(name) === n && !isSystemField(name)) return name;
    let free = name;
    for (let count = 2; taken.has(free) || isSystemField(free); count++) {
      const suffix = `_${count}`;
      free = name.slice(0, MAX_LENGTH - suffix.length) + suffix;
    }
    taken.add(free);
    return free;
  });
}

/** The same of one name, whoever else has it. */
export function fitName(name: string): string {
  if (isName(name)) return name;
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  const begun = /^[a-z]/.test(words) ? words : words === '' ? 'field' : `n${words}`;
  return begun.slice(0, MAX_LENGTH);
}
