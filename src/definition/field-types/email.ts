import type { FieldTypeSpec } from '../field-type.ts';
import { refuse, schemaOf } from '../values/reading.ts';
import { limitedText } from '../values/text-limits.ts';
import { text } from './text.ts';

const MAX_LENGTH = 320;

/** What mail systems deliver to, in practice: something, an @, a name with a dot or `localhost`. */
const ADDRESS = /^[^\s@"(),:;<>[\\\]\p{Cc}]{1,64}@[^\s@"(),:;<>[\\\]\p{Cc}]{1,255}$/u;

export const email: FieldTypeSpec = {
  ...text,
  type: 'email',
  validator(field, bounds) {
    const read = limitedText(field, bounds);
    return schemaOf((value) => {
      const address = read(value);
      if (!bounds || typeof address !== 'string') return address;
      const fits = address.length <= MAX_LENGTH && ADDRESS.test(address) && !address.includes('..');
      return fits ? address : refuse('must be an e-mail address such as "ada@example.org"');
    });
  },
  checks: (field, column) => [`char_length(${column}) <= ${MAX_LENGTH}`, ...text.checks(field, column)],
  jsonSchema: (field) => ({ ...text.jsonSchema(field), format: 'email' }),
};
