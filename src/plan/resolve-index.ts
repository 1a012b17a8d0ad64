import { isReadForGood } from '../definition/adopted.ts';
import type { Definition, Field, ModelIndex } from '../definition/definition.ts';
import type { ModelIndexInput } from '../definition/definition-input.ts';
import { specOf } from '../definition/field-types.ts';
import { resolveCondition } from '../definition/index-condition.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { readIndexEntry } from '../definition/model-indexes.ts';
import { systemFields } from '../definition/system-fields.ts';
import { Failure, type Finding } from '../failure.ts';

/** An index by the ids of its fields. Throws where they are not there, or of types that do not go together. */
export function resolveIndex(
  model: Definition,
  input: ModelIndexInput,
  unique: boolean,
  path: string,
): ModelIndex {
  const fields = input.fields.map((entry, n) => {
    const { field: name, descending } = readIndexEntry(entry);
    const at = `${path}/fields/${n}`;
    if (systemFields(model).some((system) => system.name === name)) {
      if (input.kind === 'fullText') throw notText(model, name, at);
      return entry;
    }
    const field = needField(model, name, at);
    assertIndexable(model, field, { ...input, unique }, descending, at);
    return `${descending ? '-' : ''}${field.id}`;
  });
  const findings: Finding[] = [];
  const where = input.where && resolveCondition(model, input.where, `${path}/where`, findings);
  if (findings.length > 0) {
    throw new Failure('validation_failed', `where: ${findings[0]?.message}`, { errors: findings });
  }
  return {
    fields,
    ...(unique ? { unique } : {}),
    ...(input.kind ? { kind: input.kind } : {}),
    ...(where ? { where } : {}),
  };
}

function assertIndexable(
  model: Definition,
  field: Field,
  index: ModelIndexInput,
  descending: boolean,
  path: string,
): void {
  if (hasJoinTable(field)) {
    const message = `${field.name} is a list of references: it is always indexed, both ways, and by itself`;
    throw invalid(path, 'conflicting_properties', message);
  }
  const { ownIndex, operators, checkProperties } = specOf(field);
  if (index.kind === 'fullText') {
    if (!operators.includes('_icontains')) throw notText(model, field.name, path);
    if (!isReadForGood(field)) {
      const message = `${model.name}.${field.name} is of the type ${field.storedAs} in Postgres, whose texts no index can hold: alter its type to text first`;
      throw invalid(path, 'conflicting_properties', message);
    }
    return;
  }
  if (ownIndex === undefined) return;
  const name = `${model.name}.${field.name} (${field.type})`;
  if (index.unique) throw invalid(path, 'conflicting_properties', `${name} cannot be unique`);
  if (index.fields.length > 1) throw invalid(path, 'conflicting_properties', `${name} is indexed on its own`);
  if (descending) throw invalid(path, 'conflicting_properties', `${name} has no order`);
  const [unfit] = checkProperties({ ...field, index: true }, path);
  if (unfit) throw invalid(path, unfit.code, `an index ${unfit.message}`);
}

function notText(model: Definition, field: string, path: string): Failure {
  return invalid(path, 'conflicting_properties', `${model.name}.${field} is no text: it holds no words`);
}

/** The field of that name. Throws where there is none. */
export function needField(model: Definition, name: string, path: string): Field {
  const field = model.fields.find((f) => f.name === name);
  if (!field) throw invalid(path, 'unknown_field', `${model.name} has no field ${name}`);
  return field;
}

/** A request that does not fit what is there, at one place in its body. */
export function invalid(path: string, code: string, message: string): Failure {
  return new Failure('validation_failed', message, { errors: [{ path, code, message }] });
}
