import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** What an independent validator finds wrong with an OpenAPI document; null where it finds nothing. */
export async function openApiErrors(document: Record<string, unknown>): Promise<unknown> {
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  return valid ? null : errors;
}

/** Judges values by the schemas of a document, as an independent library understands JSON Schema 2020-12. */
export class DocumentJudge {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(document: object) {
    // Under Node its default export is the module.
    addFormats['default'](this.#ajv);
    this.#ajv.addSchema(document, 'document');
  }

  /** What is wrong with a value by the schema at a JSON Pointer; null where nothing is. */
  errors(pointer: string, value: unknown): readonly ErrorObject[] | null {
    const validate = this.#ajv.getSchema(`document#${pointer}`);
    if (!validate) throw new Error(`the document has nothing at ${pointer}`);
    return validate(value) ? null : (validate.errors ?? []);
  }
}
