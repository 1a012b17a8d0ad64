import type { KeyType } from '../definition/definition.ts';
import type { DefinitionInput, FieldInput } from '../definition/definition-input.ts';
import type { ChangeRequest, Operation } from './change-request.ts';

/** What is asked of the key of a model: `gone` where none that refers to the model may be left out of the plan. */
type WantedKey = KeyType | 'gone' | 'any';

/**
 * The models that a request is about, by what it calls them (name or id): all that its plan has to know, besides
 * the models that these refer to, and those that refer to a model whose key is to change.
 */
export type TouchedModels = 'all' | Readonly<Record<string, WantedKey>>;

/** Models by name or id, of which nothing is wanted but to be read. */
export function modelsNamed(...handles: readonly string[]): TouchedModels {
  return Object.fromEntries(handles.map((handle) => [handle, 'any']));
}

/** The models that requests touch, one after another. They may be more than needed, never fewer. */
export function touchedModels(...requests: readonly ChangeRequest[]): TouchedModels {
  if (requests.some((request) => request.prune)) return 'all';
  const touched: Record<string, WantedKey> = {};
  const add = (handle: string | undefined, key: WantedKey = 'any') => {
    if (handle === undefined) return;
    const known = touched[handle] ?? 'any';
    touched[handle] = known === 'any' || known === key ? key : key === 'any' ? known : 'gone';
  };
  const addTargets = (fields: readonly Pick<FieldInput, 'to'>[]) => {
    for (const { to } of fields) add(to);
  };
  const addDefinition = (input: DefinitionInput) => {
    for (const handle of [input.name, input.id, input.renamedFrom]) add(handle, input.key);
    addTargets(input.fields);
  };
  for (const { models = [], operations = [], backfill = {}, conversions = {}, expect = {} } of requests) {
    models.forEach(addDefinition);
    // A model that is renamed and then dropped goes by two names.
    const key = operations.some(takesKey) ? 'gone' : 'any';
    for (const operation of operations) {
      for (const name of namesIn(operation)) add(name, key);
      if (operation.op === 'createModel') addDefinition(operation.definition);
      if (operation.op === 'addField') addTargets([operation.field]);
      if (operation.op === 'alterField' && typeof operation.set['to'] === 'string') add(operation.set['to']);
    }
    for (const path of Object.keys({ ...backfill, ...conversions })) add(path.split('.', 1)[0]);
    for (const name of Object.keys(expect)) add(name);
  }
  return touched;
}

function takesKey(operation: Operation): boolean {
  return ['dropModel', 'changeKey', 'alignNames'].includes(operation.op);
}

function namesIn(operation: Operation): readonly string[] {
  switch (operation.op) {
    case 'createModel':
      return [];
    case 'renameModel':
      return [operation.from, operation.to];
    default:
      return [operation.model];
  }
}
