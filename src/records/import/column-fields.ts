import { isComputed } from '../../definition/computed.ts';
import { fitName } from '../../definition/fit-names.ts';
import type { ModelClass } from '../../model/model-class.ts';
import type { ModelField } from '../../model/model-field.ts';

/** Which fields the columns of a file are. */
export class ColumnFields {
  /** Columns that the file has, and no import writes: the system's, and computed ones. */
  readonly ignored = new Set<string>();
  readonly #model: ModelClass;
  readonly #map: ReadonlyMap<string, string>;
  readonly #known = new Map<string, ModelField | null | undefined>();

  constructor(model: ModelClass, map: ReadonlyMap<string, string>) {
    this.#model = model;
    this.#map = map;
  }

  /**
   * The field of a column: what it is mapped to, or has its name, or the name that fits it. Null for one that is passed
   * over, so that an export can be imported as it is; undefined where there is none.
   */
  of(column: string): ModelField | null | undefined {
    if (this.#known.has(column)) return this.#known.get(column);
    const field = this.#find(column);
    // Every line may name others: what is kept is bounded.
    if (this.#known.size < MAX_KNOWN) this.#known.set(column, field);
    return field;
  }

  /** The fields that an import writes, in words. */
  get names(): string {
    return [...this.#model.fields.keys()].filter((name) => !isPassedOver(this.#model, name)).join(', ');
  }

  #find(column: string): ModelField | null | undefined {
    const { fields } = this.#model;
    const mapped = this.#map.get(column);
    const field =
      mapped === undefined ? (fields.get(column) ?? fields.get(fitName(column))) : fields.get(mapped);
    if (!field || !isPassedOver(this.#model, field.name)) return field;
    this.ignored.add(column);
    return null;
  }
}

const MAX_KNOWN = 2000;

function isPassedOver({ definition }: ModelClass, name: string): boolean {
  if (name === 'created_at' || name === 'updated_at') return true;
  if (name === 'id') return definition.key === 'bigint';
  return definition.fields.some((field) => field.name === name && isComputed(field));
}
