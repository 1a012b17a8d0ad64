import { describe, expect, test } from 'vitest';
import type { DefinitionInput } from '../../src/definition/definition-input.ts';
import { showDefinition } from '../../src/definition/show-definition.ts';
import { parseChangeRequest } from '../../src/plan/parse-change-request.ts';
import { planChange } from '../../src/plan/plan-change.ts';
import { showPlan } from '../../src/plan/show-plan.ts';
import type { WorkspaceState } from '../../src/plan/workspace-state.ts';
import { EMPTY, after as published } from '../definition/arbitrary.ts';

const PLACE: DefinitionInput = {
  name: 'place',
  fields: [
    { name: 'at', type: 'point', index: true, default: { type: 'Point', coordinates: [13.4, 52.5] } },
    { name: 'looks', type: 'vector', dimensions: 3, index: true },
    { name: 'sounds', type: 'vector', dimensions: 2 },
  ],
};
const BARE = EMPTY;
const RICH: WorkspaceState = { ...EMPTY, extensions: ['postgis', 'vector'] };

function sqlOf(state: WorkspaceState, body: object): string {
  const shown = showPlan(planChange(state, parseChangeRequest(body)), new Map(), [], []);
  return (shown['steps'] as readonly { sql: readonly string[] }[]).flatMap(({ sql }) => sql).join('\n');
}

function columnsOf(state: WorkspaceState): readonly unknown[] {
  return state.models[0]?.definition.fields.map((field) => field.postgis ?? field.type) ?? [];
}

describe('an extension', () => {
  test('is created before all else, once, where fields need it and the database does not have it', () => {
    const steps = planChange(BARE, { models: [PLACE] }).steps.map(({ kind }) => kind);
    expect(steps.filter((kind) => kind === 'createExtension')).toHaveLength(1);
    expect(steps[0]).toBe('createExtension');
    expect(sqlOf(BARE, { models: [PLACE] })).toContain('create extension if not exists "vector"');
    expect(sqlOf(RICH, { models: [PLACE] })).not.toContain('create extension');
  });

  test('is none of the concerns of a change that touches no such field', () => {
    const state = published(BARE, PLACE, { name: 'person', fields: [] });
    const note = { op: 'addField', model: 'person', field: { name: 'note', type: 'text' } };
    expect(sqlOf(state, { operations: [note] })).not.toContain('create extension');
  });
});

describe('a point', () => {
  test("has a column of Postgres' own type, or of PostGIS where the database has it", () => {
    const bare = sqlOf(BARE, { models: [PLACE] });
    expect(bare).toContain(`"at" point default '(13.4,52.5)'::point`);
    expect(bare).toContain('using gist ("at")');
    const rich = sqlOf(RICH, { models: [PLACE] });
    expect(rich).toContain(
      `"at" geometry(Point,4326) default 'SRID=4326;POINT(13.4 52.5)'::geometry(Point,4326)`,
    );
    expect(rich).toContain('(("at"::point)[0] between -180 and 180 and ("at"::point)[1] between -90 and 90)');
    expect(rich).toContain('check (not st_isempty("at"))');
    expect(rich).toContain('using gist ("at")');
  });

  test('keeps the type of its column, whatever the database has got or lost since', () => {
    const made = published(BARE, PLACE);
    const later = { ...made, extensions: RICH.extensions };
    expect(columnsOf(made)).toEqual(['point', 'vector', 'vector']);
    const shown = made.models.map(({ definition }) => showDefinition(definition, () => undefined));
    expect(planChange(later, { models: shown })).toMatchObject({ steps: [], result: {} });
    const [at, ...rest] = PLACE.fields;
    const renamed: DefinitionInput = {
      ...PLACE,
      fields: [{ ...at, name: 'spot', renamedFrom: 'at', type: 'point' }, ...rest],
    };
    expect(columnsOf(published(later, renamed))).toEqual(['point', 'vector', 'vector']);
    const added: DefinitionInput = { ...PLACE, fields: [...PLACE.fields, { name: 'seen', type: 'point' }] };
    expect(columnsOf(published(later, added))).toEqual(['point', 'vector', 'vector', true]);
    const rich = published(RICH, PLACE);
    expect(columnsOf(published({ ...rich, extensions: [] }, renamed))).toEqual([true, 'vector', 'vector']);
  });

  test('is shown to clients alike in both', () => {
    const [bare, rich] = [published(BARE, PLACE), published(RICH, PLACE)].map(({ models }) =>
      models.map(({ definition }) => showDefinition(definition, () => undefined)),
    );
    expect(rich).toEqual(bare);
  });
});

describe('a vector', () => {
  test('has a column of its dimensions, and an index by cosine distance', () => {
    const rich = sqlOf(RICH, { models: [PLACE] });
    expect(rich).toContain('"looks" vector(3)');
    expect(rich).toContain('"sounds" vector(2)');
    expect(rich).toContain('using hnsw ("looks" vector_cosine_ops)');
  });

  test('of more dimensions than an index takes gets none later either', () => {
    const state = published(RICH, {
      name: 'text',
      fields: [{ name: 'meaning', type: 'vector', dimensions: 3072 }],
    });
    const index = { op: 'addIndex', model: 'text', fields: ['meaning'] };
    expect(() => planChange(state, parseChangeRequest({ operations: [index] }))).toThrow(
      expect.objectContaining({
        errors: [expect.objectContaining({ path: '/operations/0/fields/0', code: 'conflicting_properties' })],
      }),
    );
  });
});
