import { type Definition, type KeyType, RESERVED_COLUMNS } from '../definition/definition.ts';
import type { DefinitionInput } from '../definition/definition-input.ts';
import type { FoundTable } from '../definition/found-table.ts';
import { heldColumns } from '../definition/model-indexes.ts';
import { stableId, uniqueName } from '../definition/physical-names.ts';
import { showDefinition, showField } from '../definition/show-definition.ts';
import { momentsOf } from '../definition/system-fields.ts';
import type { Finding } from '../failure.ts';
import type { Unmapped } from './adopt/adopted-parts.ts';
import type { ChangeRequest } from './change-request.ts';
import type { ConversionWish } from './conversions/field-conversion.ts';
import { linkTo } from './conversions/reference.ts';
import type { Repair } from './drift/difference.ts';
import type { KeyWish } from './rekeyed-definitions.ts';
import { type Question, resolveFields } from './resolve-fields.ts';
import { invalid, resolveIndex } from './resolve-index.ts';
import type { RestoredField } from './restored.ts';
import type { TrashedModel } from './trash-entry.ts';
import type { WorkspaceState } from './workspace-state.ts';

/** A model that is about to be made: what others may refer to already. */
interface Coming {
  readonly id: string;
  readonly key: KeyType;
  readonly table: string;
}

/** What a request says of the values of fields, by their ids. */
export interface SaidOfFields {
  readonly conversions: ReadonlyMap<string, ConversionWish>;
  /** Those that get a value in the place of nulls. */
  readonly filled: ReadonlySet<string>;
}

/** What of a model says which columns it has. */
type Columns = Pick<Definition, 'id' | 'table' | 'fields' | 'keyColumn' | 'adopted'>;

/** The models of a workspace while a change is worked out: what they will be once it is published. */
export class Draft {
  readonly findings: Finding[] = [];
  readonly questions: Question[] = [];
  readonly keyWishes: KeyWish[] = [];
  readonly warnings: string[] = [];
  /** What comes back from the trash. */
  readonly restored = { fields: new Map<string, RestoredField>(), models: new Map<string, TrashedModel>() };
  /** Models that this change brings back, so that their references may go round in circles. */
  readonly returning = new Set<string>();
  /** What of adopted tables no definition says. */
  readonly unmapped: Unmapped[] = [];
  /** What brings models and their tables together again, by the ids of the models. */
  readonly repairs = new Map<string, Repair>();
  readonly #models: Map<string, Definition>;
  readonly #state: WorkspaceState;
  readonly #answers: NonNullable<ChangeRequest['answers']>;
  readonly #said: SaidOfFields;
  /** Models that this change is about to make, so that their references may go round in circles. */
  readonly #coming = new Map<string, Coming>();

  constructor(state: WorkspaceState, request: Pick<ChangeRequest, 'answers'>, said: SaidOfFields) {
    this.#state = state;
    this.#answers = request.answers ?? {};
    this.#said = said;
    this.#models = new Map(state.models.map((model) => [model.definition.id, model.definition]));
  }

  get state(): WorkspaceState {
    return this.#state;
  }

  get models(): readonly Definition[] {
    return [...this.#models.values()];
  }

  byName(name: string): Definition | undefined {
    return this.models.find((model) => model.name === name);
  }

  byId(id: string): Definition | undefined {
    return this.#models.get(id);
  }

  /** Whether the request says so of a question that it was not asked. */
  isAnswered(id: string): boolean {
    return this.#answers[id] === true;
  }

  /** Columns that no other field of a model gets, but for what is called `except` in the trash. */
  takenColumns({ id, table, fields, keyColumn, adopted }: Columns, except?: string): Set<string> {
    const published = this.#state.models.find((model) => model.definition.id === id)?.definition.fields ?? [];
    const returning = [...this.restored.fields.values()].filter(({ entry }) => entry.modelId === id);
    return new Set([
      ...RESERVED_COLUMNS,
      ...[...published, ...fields, ...returning.map(({ bare }) => bare)].map((field) => field.column),
      ...(keyColumn === undefined ? [] : [keyColumn]),
      ...(adopted?.others ?? []),
      ...this.#state.occupied.flatMap((o) =>
        o.table === table && o.column !== null && (!o.trashedAs || o.trashedAs !== except) ? [o.column] : [],
      ),
    ]);
  }

  /** Whether a model that was there is no more. */
  isGone(id: string): boolean {
    return !this.#models.has(id) && this.#state.models.some((model) => model.definition.id === id);
  }

  readonly nameOf = (id: string): string | undefined => this.#models.get(id)?.name;

  /** What a field was called when the change began; its id where it was none of the model's. */
  lastNameOf(modelId: string, fieldId: string): string {
    const before = this.#state.models.find((model) => model.definition.id === modelId)?.definition;
    return before?.fields.find((field) => field.id === fieldId)?.name ?? fieldId;
  }

  /** The model of that name. Throws where there is none. */
  need(name: string, path: string): Definition {
    const model = this.byName(name);
    if (model) return model;
    throw invalid(path, 'unknown_model', `there is no model ${name}`);
  }

  /** A model as `put` takes it. Expressions keep their ids, for names may change before it is put. */
  show(model: Definition): DefinitionInput {
    const fields = model.fields.map((field) => showField(field, this.nameOf, () => undefined));
    return { ...showDefinition(model, this.nameOf), fields };
  }

  replace(model: Definition): void {
    this.#models.set(model.id, model);
  }

  remove(id: string): void {
    this.#models.delete(id);
  }

  /** Notes the wish for another key; for the one that the model has, there is nothing to do. */
  changeKey(
    model: Definition,
    { key, generate = false }: { readonly key: KeyType; readonly generate?: boolean },
    path: string,
  ): void {
    if (key !== model.key) this.keyWishes.push({ modelId: model.id, key, generate, path: `${path}/key` });
  }

  /** Announces a model that `put` will make later in the same change. */
  announce(input: DefinitionInput): void {
    if (!this.byName(input.name)) this.#begin(input);
  }

  /** The same of one whose table is there. The id is of that table: another of its name would be another model. */
  announceAdopted(name: string, { schema, name: table, id: number }: FoundTable, key: KeyType): void {
    const id = stableId(this.#state.workspaceId, schema, table, number);
    this.#coming.set(name, { id, key, table });
  }

  #begin(input: DefinitionInput): Coming {
    const table = this.#newTable(input.name);
    const id = stableId(this.#state.workspaceId, table);
    const coming = { id, key: input.key ?? ('uuid' as const), table };
    this.#coming.set(input.name, coming);
    return coming;
  }

  /** Makes a client's definition the next one of `previous`, or of a new model. */
  put(
    input: DefinitionInput,
    previous: Definition | undefined,
    path: string,
    fieldPath = (index: number) => `${path}/fields/${index}`,
  ): void {
    const { table, id } = previous ?? this.#coming.get(input.name) ?? this.#begin(input);
    this.#coming.delete(input.name);
    if (previous && input.key !== undefined) this.changeKey(previous, { key: input.key }, path);
    // The model keeps its key until all else is worked out: see `rekeyedDefinitions`.
    const key = previous?.key ?? input.key ?? 'uuid';
    const resolved = resolveFields(input.fields, previous?.fields ?? [], {
      modelName: input.name,
      moments: momentsOf(previous ?? {}),
      modelId: id,
      table,
      takenColumns: this.takenColumns(previous ?? { id, table, fields: [] }),
      answers: this.#answers,
      wishOf: (fieldId) => this.#said.conversions.get(fieldId),
      // Others know the columns of an adopted table by their names.
      isFilled: (fieldId) => previous?.adopted === undefined && this.#said.filled.has(fieldId),
      heldColumns: this.#heldColumns(id),
      linkTo: (modelId, match) => {
        const model = this.#models.get(modelId);
        // A model that is about to be made has no records that could be found.
        return model && linkTo(model, { table: '', key: '' }, match);
      },
      target: (name) => (name === input.name ? { id, key } : (this.byName(name) ?? this.#coming.get(name))),
      hasPostgis: this.#state.extensions.includes('postgis'),
      fieldPath,
    });
    this.findings.push(...resolved.findings);
    this.questions.push(...resolved.questions);
    const model: Definition = {
      id,
      name: input.name,
      ...(input.label === undefined ? {} : { label: input.label }),
      key,
      ...(previous?.keyColumn === undefined ? {} : { keyColumn: previous.keyColumn }),
      table,
      ...(previous?.adopted === undefined ? {} : { adopted: previous.adopted }),
      fields: resolved.fields,
      indexes: [],
    };
    const indexes = (input.indexes ?? []).map((index, n) =>
      resolveIndex(model, index, index.unique === true, `${path}/indexes/${n}`),
    );
    this.#models.set(id, { ...model, indexes });
  }

  /** Those of the indexes that are there, not of those that the change comes to. */
  #heldColumns(modelId: string): ReadonlySet<string> {
    const published = this.#state.models.find(({ definition }) => definition.id === modelId);
    return published ? heldColumns(published.definition) : new Set();
  }

  /** Tables are named for life, trash and purge included, so that the table tells which model it is. */
  #newTable(name: string): string {
    return uniqueName(
      name,
      new Set([
        ...this.models.map((model) => model.table),
        ...this.#state.models.map((model) => model.definition.table),
        ...this.#state.occupied.filter((o) => o.column === null).map((o) => o.table),
        ...[...this.#coming.values()].map((model) => model.table),
      ]),
    );
  }
}
