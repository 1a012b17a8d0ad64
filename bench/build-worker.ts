/** Builds model classes, as many as it is asked for. The clock stands still in workerd: who asks measures. */
import { canonicalJson } from '../src/definition/canonical.ts';
import type { Definition, Field, FieldType } from '../src/definition/definition.ts';
import { hashDefinition } from '../src/definition/hash.ts';
import { type ModelClass, makeModelClass } from '../src/model/model-class.ts';

/** What is done for each build, from the least to what a new definition costs an isolate. */
export type BuildKind = 'class' | 'class and table' | 'from Redis';

const TYPES: readonly FieldType[] = [
  'text',
  'integer',
  'float',
  'decimal',
  'boolean',
  'date',
  'timestamp',
  'choice',
  'email',
  'url',
];

const BUILDS: Readonly<Record<BuildKind, (definition: Definition, body: string) => ModelClass>> = {
  class: (definition) => makeModelClass({ workspace: 'main', version: 1, hash: '', definition }),
  'class and table': (definition) => {
    const model = makeModelClass({ workspace: 'main', version: 1, hash: '', definition });
    if (!model.table) throw new TypeError('a class has a table');
    return model;
  },
  'from Redis': (_, body) => {
    const definition: Definition = JSON.parse(body);
    return makeModelClass({ workspace: 'main', version: 1, hash: hashDefinition(definition), definition });
  },
};

function definitionOf(count: number): Definition {
  const fields = Array.from({ length: count }, (_, n) => fieldOf(n));
  return { id: 'bench', name: 'bench', key: 'uuid', table: 'bench', fields, indexes: [] };
}

function fieldOf(n: number): Field {
  const type = TYPES[n % TYPES.length] ?? 'text';
  return {
    id: `f${n}`,
    name: `field_${n}`,
    column: `field_${n}`,
    type,
    ...(n % 3 === 0 ? { required: true } : {}),
    ...(type === 'text' ? { maxLength: 200 } : {}),
    ...(type === 'integer' ? { min: 0, max: 1000 } : {}),
    ...(type === 'decimal' ? { precision: 10, scale: 2 } : {}),
    ...(type === 'choice' ? { options: ['a', 'b', 'c'] } : {}),
  };
}

function isBuildKind(text: string): text is BuildKind {
  return text in BUILDS;
}

export default {
  fetch(request: Request): Response {
    const { searchParams } = new URL(request.url);
    const kind = searchParams.get('kind') ?? '';
    if (!isBuildKind(kind)) return new Response(null, { status: 400 });
    const definition = definitionOf(Number(searchParams.get('fields')));
    const body = canonicalJson(definition);
    let fields = 0;
    for (let n = Number(searchParams.get('builds')); n > 0; n--) {
      fields += BUILDS[kind](definition, body).fields.size;
    }
    // Used, so that no build can be left out.
    return new Response(String(fields));
  },
};
