import type { Definition } from '../definition/definition.ts';
import type { DefinitionInput } from '../definition/definition-input.ts';
import { showDefinition } from '../definition/show-definition.ts';
import { Failure, type Finding } from '../failure.ts';
import { stableId, uniqueName } from './physical-names.ts';
import { type Question, resolveFields } from './resolve-fields.ts';
import { resolveIndex } from './resolve-index.ts';
import type { WorkspaceState } from './workspace-state.ts';

/** The models of a workspace while a change is worked out: what they will be once it is published. */
export class Draft {
  readonly findings: Finding[] = [];
  readonly questions: Question[] = [];
  readonly #models: Map<string, Definition>;
  readonly #state: WorkspaceState;
  readonly #answers: Readonly<Record<string, boolean>>;
  /** Models that this change is about to make, so that their references may go round in circles. */
  readonly #coming = new Map<string, { readonly id: string; readonly key: Definition['key'] }>();

  constructor(state: WorkspaceState, answers: Readonly<Record<string, boolean>>) {
    this.#state = state;
    this.#answers = answers;
    this.#models = new Map(state.models.map((model) => [model.definition.id, model.definition]));
  }

  get models(): readonly Definition[] {
    return [...this.#models.values()];
  }

  byName(name: string): Definition | undefined {
    return this.models.find((model) => model.name === name);
  }

  readonly nameOf = (id: string): string | undefined => this.#models.get(id)?.name;

  /** The model of that name. Throws where there is none. */
  need(name: string, path: string): Definition {
    const model = this.byName(name);
    if (model) return model;
    const message = `there is no model ${name}`;
    throw new Failure('unknown_model', message, { errors: [{ path, code: 'unknown_model', message }] });
  }

  show(model: Definition): DefinitionInput {
    return showDefinition(model, this.nameOf);
  }

  replace(model: Definition): void {
    this.#models.set(model.id, model);
  }

  remove(id: string): void {
    this.#models.delete(id);
  }

  /** Announces a model that `put` will make later in the same change. */
  announce(input: DefinitionInput): void {
    if (!this.byName(input.name)) {
      this.#coming.set(input.name, { id: this.#newId(input.name), key: input.key ?? 'uuid' });
    }
  }

  /** Makes a client's definition the next one of `previous`, or of a new model. */
  put(input: DefinitionInput, previous: Definition | undefined, path: string): void {
    const id = previous?.id ?? this.#newId(input.name);
    const key = input.key ?? previous?.key ?? 'uuid';
    if (previous && key !== previous.key) {
      this.#find(`${path}/key`, 'not_supported', 'changing the key of a model is not supported yet');
    }
    const table = previous?.table ?? uniqueName(input.name, this.#takenTables());
    const taken = this.#state.occupied.filter((o) => o.table === table && o.column !== null);
    const resolved = resolveFields(input.fields, previous?.fields ?? [], {
      modelName: input.name,
      modelId: id,
      seq: this.#state.seq,
      takenColumns: new Set(['id', 'created_at', 'updated_at', ...taken.flatMap((o) => o.column ?? [])]),
      answers: this.#answers,
      target: (name) => (name === input.name ? { id, key } : (this.byName(name) ?? this.#coming.get(name))),
      path,
    });
    this.findings.push(...resolved.findings);
    this.questions.push(...resolved.questions);
    const model: Definition = {
      id,
      name: input.name,
      ...(input.label === undefined ? {} : { label: input.label }),
      key,
      table,
      fields: resolved.fields,
      indexes: [],
    };
    const indexes = (input.indexes ?? []).map((index, n) =>
      resolveIndex(model, index, index.unique === true, `${path}/indexes/${n}`),
    );
    this.#models.set(id, { ...model, indexes });
  }

  #newId(name: string): string {
    return stableId(this.#state.workspaceId, name, String(this.#state.seq));
  }

  #takenTables(): ReadonlySet<string> {
    return new Set([
      ...this.models.map((model) => model.table),
      ...this.#state.models.map((model) => model.definition.table),
      ...this.#state.occupied.filter((o) => o.column === null).map((o) => o.table),
    ]);
  }

  #find(path: string, code: string, message: string): void {
    this.findings.push({ path, code, message });
  }
}
