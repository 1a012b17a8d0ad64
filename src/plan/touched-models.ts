import type { KeyType } from '../definition/definition.ts';
import type { DefinitionInput, FieldInput } from '../definition/definition-input.ts';
import { fitName } from '../definition/fit-names.ts';
import type { ChangeRequest, Operation } from './change-request.ts';

/** What is asked of the key of a model: `gone` where none that refers to the model may be left out of the plan. */
type WantedKey = KeyType | 'gone' | 'any';

/** What a request is about: all that its plan has to know. */
export interface TouchedModels {
  /**
   * Models by what the request calls them (name or id). The models that these refer to are known as well, and those
   * that refer to a model whose key is to change.
   */
  readonly names: 'all' | Readonly<Record<string, WantedKey>>;
  /** What it takes from the trash, by its ids; with the models that these have to do with. */
  readonly trash: readonly string[];
  /** Versions of the models that it goes back to. */
  readonly versions: readonly number[];
}

/** Every model, and nothing of before. */
export const ALL_MODELS: TouchedModels = { names: 'all', trash: [], versions: [] };

/** Models by name or id, of which nothing is wanted but to be read. */
export function modelsNamed(...handles: readonly string[]): TouchedModels {
  const names = Object.fromEntries(handles.map((handle) => [handle, 'any'] as const));
  return { names, trash: [], versions: [] };
}

/** The models that requests touch, one after another. They may be more than needed, never fewer. */
export function touchedModels(...requests: readonly ChangeRequest[]): TouchedModels {
  const all = requests.flatMap(({ operations = [] }) => operations);
  const before = {
    trash: all.flatMap((operation) => (operation.op === 'restore' ? [operation.trash] : [])),
    versions: all.flatMap((operation) => (operation.op === 'rollbackModel' ? [operation.to] : [])),
  };
  if (requests.some((request) => request.prune)) return { names: 'all', ...before };
  const touched = new Map<string, WantedKey>();
  const add = (handle: string | undefined, key: WantedKey = 'any') => {
    if (handle === undefined) return;
    const known = touched.get(handle) ?? 'any';
    touched.set(handle, known === 'any' || known === key ? key : key === 'any' ? known : 'gone');
  };
  const addTargets = (fields: readonly Pick<FieldInput, 'to'>[]) => {
    for (const { to } of fields) add(to);
  };
  const addDefinition = (input: DefinitionInput) => {
    for (const handle of handlesOf(input)) add(handle, input.key);
    addTargets(input.fields);
  };
  for (const {
    models = [],
    operations = [],
    backfill = {},
    conversions = {},
    expect = {},
    found,
    foundModels = [],
  } of requests) {
    models.forEach(addDefinition);
    for (const name of Object.values(found?.models ?? {})) add(name);
    for (const { name } of found?.tables ?? []) add(fitName(name));
    for (const { modelId } of foundModels) add(modelId, 'gone');
    // A model that is renamed and then dropped goes by two names.
    const key = operations.some(takesKey) ? 'gone' : 'any';
    for (const operation of operations) {
      for (const name of namesIn(operation)) add(name, key);
      if (operation.op === 'createModel') addDefinition(operation.definition);
      if (operation.op === 'addField') addTargets([operation.field]);
      if (operation.op === 'alterField' && typeof operation.set['to'] === 'string') add(operation.set['to']);
    }
    for (const path of Object.keys({ ...backfill, ...conversions })) add(modelOfPath(path));
    for (const name of Object.keys(expect)) add(name);
  }
  return { names: Object.fromEntries(touched), ...before };
}

/** What a request calls the models that it is about, beside those that they refer to. */
export function modelsNamedBy(request: ChangeRequest): readonly string[] {
  const { models = [], operations = [], backfill = {}, conversions = {}, expect = {} } = request;
  const defined = operations.flatMap((operation) =>
    operation.op === 'createModel' ? [operation.definition] : [],
  );
  return [
    ...[...models, ...defined].flatMap(handlesOf),
    ...operations.flatMap(namesIn),
    ...Object.keys({ ...backfill, ...conversions }).map(modelOfPath),
    ...Object.keys(expect),
  ];
}

function handlesOf({ name, id, renamedFrom }: DefinitionInput): readonly string[] {
  return [name, id, renamedFrom].filter((handle) => handle !== undefined);
}

/** Of `MODEL.FIELD`. */
function modelOfPath(path: string): string {
  return path.split('.', 1)[0] ?? '';
}

function takesKey(operation: Operation): boolean {
  return ['dropModel', 'changeKey', 'alignNames'].includes(operation.op);
}

function namesIn(operation: Operation): readonly string[] {
  switch (operation.op) {
    case 'createModel':
    case 'repair':
      return [];
    case 'restore':
    case 'adopt':
      return operation.as === undefined ? [] : [operation.as];
    case 'renameModel':
      return [operation.from, operation.to];
    default:
      return [operation.model];
  }
}
