import type { Finding } from '../failure.ts';
import { isName, NAME_RULE } from './identifiers.ts';
import { pointer } from './json-pointer.ts';
import { refuseUnstorable } from './values/stored-text.ts';

/** A JSON object whose members are not yet judged. */
export type Members = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads the properties of one object, each by its own rule; what is wrong becomes a finding. Null is absent. */
export class PropertyReader {
  readonly #members: Members;
  readonly #path: string;
  readonly #findings: Finding[];

  constructor(members: Members, path: string, findings: Finding[]) {
    this.#members = members;
    this.#path = path;
    this.#findings = findings;
  }

  /** Refuses what is neither among `known` nor among what is silently left out. */
  allowOnly(known: readonly string[], ignored: readonly string[]): void {
    for (const name of Object.keys(this.#members)) {
      if (known.includes(name) || ignored.includes(name)) continue;
      this.find(
        name,
        'unknown_property',
        `is not known here; leave it out, or take one of ${known.join(', ')}`,
      );
    }
  }

  value(name: string): unknown {
    return Object.hasOwn(this.#members, name) ? (this.#members[name] ?? undefined) : undefined;
  }

  /** `{[name]: value}`, or nothing where the value is undefined: absent stays absent. */
  given<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
    const given: { [P in K]?: V } = {};
    if (value !== undefined) given[name] = value;
    return given;
  }

  text(name: string, maxLength: number): string | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const reason =
      typeof value !== 'string' || value.length > maxLength
        ? `must be a text of at most ${maxLength} characters`
        : refuseUnstorable(value);
    if (typeof value === 'string' && reason === undefined) return value;
    return this.find(name, 'invalid_property', reason ?? 'must be a text');
  }

  boolean(name: string): true | undefined {
    const value = this.value(name);
    if (value === undefined || value === false) return undefined;
    return value === true ? true : this.find(name, 'invalid_property', 'must be true or false');
  }

  integer(name: string, least: number, most: number): number | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    return this.find(name, 'invalid_property', `must be a whole number from ${least} to ${most}`);
  }

  oneOf<T extends string>(name: string, options: readonly T[]): T | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const option = options.find((known) => known === value);
    return option ?? this.find(name, 'invalid_property', `must be one of ${options.join(', ')}`);
  }

  list(name: string, most: number, required: boolean): readonly unknown[] | undefined {
    const value = this.value(name);
    if (value === undefined && !required) return undefined;
    if (value === undefined) return this.find(name, 'required_property', 'is required: a list');
    if (!Array.isArray(value)) return this.find(name, 'invalid_property', 'must be a list');
    if (value.length <= most) return value;
    return this.find(name, `too_many_${name}`, `must have at most ${most} entries, not ${value.length}`);
  }

  /** A required name that fits the grammar; `reserved` names are refused. */
  name(name: string, isReserved: boolean | ((text: string) => boolean)): string | undefined {
    const value = this.value(name);
    if (value === undefined) return this.find(name, 'required_property', `is required: ${NAME_RULE}`);
    if (typeof value !== 'string' || !isName(value)) {
      return this.find(name, 'invalid_name', `must be ${NAME_RULE}`);
    }
    if (typeof isReserved === 'function' && isReserved(value)) {
      return this.find(name, 'reserved_name', `${value} is a field of the system; take another name`);
    }
    return value;
  }

  optionalName(name: string): string | undefined {
    return this.value(name) === undefined ? undefined : this.name(name, false);
  }

  find(name: string, code: string, message: string): undefined {
    this.#findings.push({ path: pointer(this.#path, name), code, message });
    return undefined;
  }
}
