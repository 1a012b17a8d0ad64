import * as v from 'valibot';
import { pointer } from '../definition/json-pointer.ts';
import { MAX_PATH } from '../definition/parse-filter.ts';
import { readArrayLiteral } from '../definition/values/array-literal.ts';
import { rawNumber } from '../definition/values/raw-number.ts';
import type { Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { ModelField } from '../model/model-field.ts';
import type { Related } from '../model/related.ts';
import { findingsOf } from '../model/validation.ts';
import { follow } from './relations.ts';
import type { Values } from './violations.ts';

/** A record to create together with others: those that it refers to, and those that refer to it. */
export interface NestedRecord {
  readonly model: ModelClass;
  /** Of the fields that hold values; those of `refers` and `lists` are not among them. */
  readonly values: Values;
  /** By the name of the field, the record that it is to refer to. */
  readonly refers: ReadonlyMap<string, NestedRecord>;
  /** By the name of the list, its entries: keys that are there, and records. */
  readonly lists: ReadonlyMap<string, readonly (string | NestedRecord)[]>;
  /** Where it stands in the body, as a JSON Pointer. */
  readonly path: string;
}

/** How many records one request may nest. */
const MAX_NESTED = 200;

/** A number of many digits is an object too, until it is written out. */
function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && rawNumber(value) === undefined
  );
}

/** Whether a value that is no record of a model may be one that holds others. Asked of what was refused alone. */
export function mayNest(model: ModelClass, value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value).some(([name, member]) => {
    const field = model.fields.get(name);
    if (field && field.to === null) return false;
    return isObject(member) || (Array.isArray(member) && member.some(isObject));
  });
}

/**
 * Takes nested records apart: the roots, and all of them in an order in which each comes after what it refers to. What
 * does not fit is added to `findings`.
 */
export function readNested(
  model: ModelClass,
  related: Related,
  values: readonly unknown[],
  pathOf: (n: number) => string,
  findings: Finding[],
): { readonly roots: readonly NestedRecord[]; readonly all: readonly NestedRecord[] } {
  const reader = new NestedReader(related, findings);
  const roots = values.flatMap((value, n) => reader.record(model, value, pathOf(n), null, 0) ?? []);
  return { roots, all: reader.all };
}

/** The record that one stands in, and the field by which it refers to that. */
interface Parent {
  readonly field: ModelField;
  readonly record: NestedRecord;
}

class NestedReader {
  readonly all: NestedRecord[] = [];
  readonly #related: Related;
  readonly #findings: Finding[];
  /** Keys that stand for records while the record that refers to them is validated. */
  readonly #standIns = new Map<string, NestedRecord | null>();
  #count = 0;

  constructor(related: Related, findings: Finding[]) {
    this.#related = related;
    this.#findings = findings;
  }

  record(
    model: ModelClass,
    value: unknown,
    path: string,
    parent: Parent | null,
    depth: number,
  ): NestedRecord | null {
    this.#count += 1;
    if (depth > MAX_PATH) {
      return this.#refuse(path, 'too_many_records', `records may be nested ${MAX_PATH} deep`);
    }
    if (this.#count > MAX_NESTED) {
      if (this.#count > MAX_NESTED + 1) return null;
      return this.#refuse(path, 'too_many_records', `one request nests at most ${MAX_NESTED} records`);
    }
    if (!isObject(value)) return this.#refuse(path, 'invalid_value', 'must be a JSON object');
    const own: Record<string, unknown> = Object.create(null);
    const back: (readonly [string, readonly unknown[]])[] = [];
    for (const [name, member] of Object.entries(value)) {
      const field = model.fields.get(name);
      if (!field && Array.isArray(member) && member.some(isObject)) back.push([name, member]);
      else own[name] = field?.to ? this.#held(model, field, member, pointer(path, name), depth) : member;
    }
    if (parent) {
      const { name } = parent.field;
      if (Object.hasOwn(own, name)) {
        const message = 'is the record that this one stands in: leave it out';
        this.#refuse(pointer(path, name), 'read_only_field', message);
      }
      own[name] = this.#standIn(parent.record.model, parent.record);
    }
    const parsed = v.safeParse(model.createSchema, own);
    if (!parsed.success) this.#findings.push(...findingsOf(parsed.issues, path));
    const record = this.#made(model, parsed.success ? parsed.output : {}, path);
    this.all.push(record);
    for (const [name, members] of back) this.#referring(record, name, members, depth);
    return record;
  }

  /** A reference or a list, with a key in the place of each record that it holds. */
  #held(model: ModelClass, field: ModelField, member: unknown, path: string, depth: number): unknown {
    const target = field.to === model.definition.id ? model : this.#related.byId(field.to ?? '');
    const keyOf = (value: unknown, at: string) => {
      if (!isObject(value)) return value;
      return this.#standIn(target, this.record(target, value, at, null, depth + 1));
    };
    if (field.joinTable === null || !Array.isArray(member)) return keyOf(member, path);
    return member.map((entry, n) => keyOf(entry, pointer(path, n)));
  }

  /** Records that refer to the one in which they stand. */
  #referring(record: NestedRecord, name: string, members: readonly unknown[], depth: number): void {
    const path = pointer(record.path, name);
    const way = follow(record.model, this.#related, name);
    if (!way || 'problem' in way) {
      const unknown = 'is no field of this model that can be written; leave it out';
      this.#refuse(path, 'unknown_field', way?.problem ?? unknown);
      return;
    }
    const { by } = way;
    if (!by || by.joinTable !== null) {
      this.#refuse(path, 'not_nestable', 'refers to this record by a list: create it on its own');
      return;
    }
    members.forEach((value, n) => {
      this.record(way.target, value, pointer(path, n), { field: by, record }, depth + 1);
    });
  }

  #made(model: ModelClass, parsed: Values, path: string): NestedRecord {
    const values: Record<string, string | null> = Object.create(null);
    const refers = new Map<string, NestedRecord>();
    const lists = new Map<string, readonly (string | NestedRecord)[]>();
    for (const [name, value] of Object.entries(parsed)) {
      const field = model.fields.get(name);
      const standIn = value === null ? null : this.#standIns.get(value);
      if (field?.joinTable) {
        lists.set(
          name,
          readArrayLiteral(value ?? '').map((key) => this.#standIns.get(key) ?? key),
        );
      } else if (field?.to && standIn) refers.set(name, standIn);
      else values[name] = value;
    }
    return { model, values, refers, lists, path };
  }

  /** A key of a model's own kind that no record has, for one that is to be created; null for one that was refused. */
  #standIn(model: ModelClass, record: NestedRecord | null): string {
    const n = String(this.#standIns.size + 1);
    const keys = {
      uuid: `ffffffff-ffff-4fff-8fff-${n.padStart(12, '0')}`,
      bigint: `-90000000000${n.padStart(6, '0')}`,
      text: `nested record ${n}`,
    } as const;
    const key = keys[model.definition.key];
    this.#standIns.set(key, record);
    return key;
  }

  #refuse(path: string, code: string, message: string): null {
    this.#findings.push({ path, code, message });
    return null;
  }
}
