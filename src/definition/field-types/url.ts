import type { FieldTypeSpec } from '../field-type.ts';
import { refuse, schemaOf } from '../values/reading.ts';
import { limitedText } from '../values/text-limits.ts';
import { text } from './text.ts';

const MAX_LENGTH = 2048;

/** An absolute address of the web, kept as it was written. */
export const url: FieldTypeSpec = {
  ...text,
  type: 'url',
  validator(field, bounds) {
    const read = limitedText(field, bounds);
    return schemaOf((value) => {
      const address = read(value);
      if (!bounds || typeof address !== 'string') return address;
      const fits = address.length <= MAX_LENGTH && /^https?:\/\/\S+$/i.test(address) && URL.canParse(address);
      return fits ? address : refuse('must be a web address such as "https://example.org/path"');
    });
  },
  checks: (field, column) => [`char_length(${column}) <= ${MAX_LENGTH}`, ...text.checks(field, column)],
  jsonSchema: (field) => ({ ...text.jsonSchema(field), format: 'uri' }),
};
