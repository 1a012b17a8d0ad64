import { describe, expect, test } from 'vitest';
import { FIELD_TYPE_NAMES, isFieldType, specOf } from '../../src/definition/field-types.ts';
import { parseField } from '../../src/definition/parse-definition.ts';

/** What a field of each type needs besides its name. */
const NEEDS: Readonly<Record<string, object>> = {
  choice: { options: ['a'] },
  choices: { options: ['a', 'b'] },
  reference: { to: 'person' },
  references: { to: 'person' },
  vector: { dimensions: 3 },
};

const OF_TYPES: Readonly<Record<string, unknown>> = {
  min: 1,
  max: 2,
  minLength: 1,
  maxLength: 2,
  pattern: '^a$',
  precision: 5,
  scale: 2,
  dimensions: 4,
  options: ['b'],
  to: 'person',
  onDelete: 'restrict',
};

/** Where a property has another form than in most types. */
const OF_TYPE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  interval: { min: 'P1D', max: 'P1M' },
};

function findings(field: object): readonly string[] {
  const parsed = parseField({ name: 'it', ...field }, '');
  return parsed.ok ? [] : parsed.errors.map(({ path, code }) => `${path} ${code}`);
}

describe.each(FIELD_TYPE_NAMES)('a field of type %s', (type) => {
  test('is read back as it was written, with every property that all types share', () => {
    const field = {
      id: 'f1',
      name: 'it',
      renamedFrom: 'that',
      type,
      label: 'It',
      help: 'What it is',
      ...(type === 'references' ? {} : { required: true }),
    };
    expect(parseField({ ...field, ...NEEDS[type] }, '')).toEqual({
      ok: true,
      value: { ...field, ...NEEDS[type] },
    });
  });

  test('takes the properties of its type and refuses those of others', () => {
    const spec = isFieldType(type) ? specOf({ type }) : undefined;
    for (const [property, value] of Object.entries({ ...OF_TYPES, ...OF_TYPE[type] })) {
      const rest = property === 'scale' ? { precision: 5 } : {};
      const field = { type, ...NEEDS[type], ...rest, [property]: value };
      const takes = spec?.properties.some((name) => name === property);
      const expected = [...Object.keys(rest), property].map((name) => `/${name} unknown_property`);
      expect(findings(field), property).toEqual(takes ? [] : expected);
    }
  });

  test.each(['required', 'unique', 'index'])('takes only true or false as %s', (flag) => {
    expect(findings({ type, ...NEEDS[type], [flag]: 'yes' })).toEqual([`/${flag} invalid_property`]);
  });
});

describe('the properties of a list of references', () => {
  const list = { type: 'references', to: 'tag' };

  test.each([
    ['no model that it refers to', { type: 'references' }, ['/to required_property']],
    ['setNull', { ...list, onDelete: 'setNull' }, ['/onDelete conflicting_properties']],
    ['required', { ...list, required: true }, ['/required conflicting_properties']],
    ['unique', { ...list, unique: true }, ['/unique conflicting_properties']],
    ['index', { ...list, index: true }, ['/index conflicting_properties']],
    ['a default', { ...list, default: [] }, ['/default invalid_default']],
    ['a number of entries', { ...list, maxLength: 3 }, ['/maxLength unknown_property']],
  ])('are refused with %s', (_what, field, expected) => {
    expect(findings(field)).toEqual(expected);
  });

  test.each(['cascade', 'restrict'])('may have onDelete %s', (onDelete) => {
    expect(findings({ ...list, onDelete })).toEqual([]);
  });
});

describe('the properties of a field', () => {
  test.each([
    ['a minLength that is no whole number', { type: 'text', minLength: 1.5 }, '/minLength invalid_property'],
    ['a negative maxLength', { type: 'text', maxLength: -1 }, '/maxLength invalid_property'],
    ['a maxLength that is a text', { type: 'text', maxLength: '5' }, '/maxLength invalid_property'],
    [
      'a minLength above maxLength',
      { type: 'text', minLength: 3, maxLength: 2 },
      '/minLength conflicting_properties',
    ],
    ['a pattern that is none', { type: 'text', pattern: '(' }, '/pattern invalid_pattern'],
    ['a min above max', { type: 'integer', min: 3, max: 2 }, '/min conflicting_properties'],
    [
      'a min above max beyond what doubles tell apart',
      { type: 'bigint', min: '9007199254740993', max: '9007199254740992' },
      '/min conflicting_properties',
    ],
    ['a min that the type does not hold', { type: 'integer', min: 1.5 }, '/min invalid_property'],
    ['a min that is no number', { type: 'float', min: 'low' }, '/min invalid_property'],
    ['a max that is true', { type: 'integer', max: true }, '/max invalid_property'],
    ['a max beyond 64 bits', { type: 'bigint', max: '9223372036854775808' }, '/max invalid_property'],
    [
      'a max with too many digits for its scale',
      { type: 'decimal', precision: 4, scale: 1, max: '1.25' },
      '/max invalid_property',
    ],
    ['a scale without precision', { type: 'decimal', scale: 2 }, '/precision required_property'],
    ['a scale above precision', { type: 'decimal', precision: 2, scale: 3 }, '/scale conflicting_properties'],
    ['a precision of 1001', { type: 'decimal', precision: 1001 }, '/precision invalid_property'],
    ['no options', { type: 'choice' }, '/options required_property'],
    ['an empty list of options', { type: 'choice', options: [] }, '/options invalid_property'],
    ['an option twice', { type: 'choice', options: ['a', 'a'] }, '/options/1 conflicting_properties'],
    ['an option that is empty', { type: 'choice', options: ['a', ''] }, '/options/1 invalid_property'],
    ['an option with NUL', { type: 'choice', options: ['\0'] }, '/options/0 invalid_property'],
    ['no options of many', { type: 'choices' }, '/options required_property'],
    [
      'a minLength above the number of options',
      { type: 'choices', options: ['a'], minLength: 2 },
      '/minLength conflicting_properties',
    ],
    [
      'a minLength of choices above maxLength',
      { type: 'choices', options: ['a', 'b'], minLength: 2, maxLength: 1 },
      '/minLength conflicting_properties',
    ],
    ['no dimensions', { type: 'vector' }, '/dimensions required_property'],
    ['no dimension', { type: 'vector', dimensions: 0 }, '/dimensions invalid_property'],
    [
      'more dimensions than there can be',
      { type: 'vector', dimensions: 16_001 },
      '/dimensions invalid_property',
    ],
    [
      'an index over more dimensions than it takes',
      { type: 'vector', dimensions: 2_001, index: true },
      '/index conflicting_properties',
    ],
    [
      'a default of other dimensions',
      { type: 'vector', dimensions: 2, default: [1] },
      '/default invalid_default',
    ],
    ['a unique point', { type: 'point', unique: true }, '/unique conflicting_properties'],
    ['a default that is nowhere', { type: 'point', default: [200, 0] }, '/default invalid_default'],
    ['a min that is no duration', { type: 'interval', min: 1 }, '/min invalid_property'],
    [
      'a min above max in the order of Postgres',
      { type: 'interval', min: 'P1M', max: 'P29D' },
      '/min conflicting_properties',
    ],
    ['a reference to nothing', { type: 'reference' }, '/to required_property'],
    ['a reference to what is no name', { type: 'reference', to: 'Person' }, '/to invalid_name'],
    [
      'an onDelete that is unknown',
      { type: 'reference', to: 'person', onDelete: 'explode' },
      '/onDelete invalid_property',
    ],
    [
      'setNull over required',
      { type: 'reference', to: 'person', onDelete: 'setNull', required: true },
      '/onDelete conflicting_properties',
    ],
    ['unique json', { type: 'json', unique: true }, '/unique conflicting_properties'],
    ['unique choices', { type: 'choices', options: ['a'], unique: true }, '/unique conflicting_properties'],
    ['a help text that is too long', { type: 'text', help: 'x'.repeat(2001) }, '/help invalid_property'],
    ['a default of another type', { type: 'integer', default: '3' }, '/default invalid_default'],
    [
      'a default that lies outside the limits',
      { type: 'integer', max: 2, default: 3 },
      '/default invalid_default',
    ],
    [
      'a default that is no option',
      { type: 'choice', options: ['a'], default: 'b' },
      '/default invalid_default',
    ],
    [
      'a default that holds an option twice',
      { type: 'choices', options: ['a'], default: ['a', 'a'] },
      '/default invalid_default',
    ],
    ['a default that holds NUL', { type: 'json', default: { a: '\0' } }, '/default invalid_default'],
    [
      'a default function of another type',
      { type: 'text', default: { fn: 'now' } },
      '/default invalid_default',
    ],
    [
      'a default function that is unknown',
      { type: 'timestamp', default: { fn: 'random' } },
      '/default invalid_default',
    ],
  ])('do not include %s', (_what, field, expected) => {
    expect(findings(field)).toContain(expected);
  });

  test.each([
    [{ type: 'boolean', default: false }],
    [{ type: 'integer', default: 0 }],
    [{ type: 'text', default: '' }],
    [{ type: 'json', default: { deep: [null] } }],
    [{ type: 'choices', options: ['a', 'b'], default: ['b', 'a'], index: true }],
    [{ type: 'point', default: { type: 'Point', coordinates: [0, 0] }, index: true }],
    [{ type: 'vector', dimensions: 2, default: [0, 1], index: true }],
    [{ type: 'interval', min: 'PT0S', default: 'P1W', unique: true }],
    [{ type: 'uuid', default: { fn: 'uuid' } }],
    [{ type: 'date', default: { fn: 'now' } }],
  ])('include the default of %j', (field) => {
    expect(parseField({ name: 'it', ...field }, '')).toMatchObject({ ok: true, value: field });
  });
});
