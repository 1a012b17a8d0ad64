import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import type { DefinitionInput } from '../../src/definition/definition-input.ts';
import { writeTypes } from '../../src/documents/types-module.ts';
import { DEFINITIONS } from '../client/definitions.ts';
import { definitionInputs, EMPTY, after as workspaceAfter } from '../definition/arbitrary.ts';

const typesOf = (...inputs: readonly DefinitionInput[]) =>
  [...writeTypes(workspaceAfter(EMPTY, ...inputs))].join('');

describe('the types of a workspace', () => {
  test('are those that the types of the client are tested with', async () => {
    const file = new URL('../types/movies.ts', import.meta.url);
    expect(typesOf(...DEFINITIONS)).toBe(await readFile(file, 'utf8'));
  });

  test('compile, whatever the models are', () => {
    const models = fc.uniqueArray(definitionInputs, { maxLength: 4, selector: ({ name }) => name });
    const samples = fc.sample(models, 40).map((inputs) => typesOf(...inputs));
    expect(compile(samples)).toEqual([]);
  });

  test('hold nothing of a label that ends the comment', () => {
    const label = 'a */ syntax error\n// and more';
    const types = typesOf({ name: 'movie', label, fields: [] });
    expect(types).toContain('/** a *\\/ syntax error // and more */');
    expect(compile([types])).toEqual([]);
  });
});

/** What the compiler says of modules, strict in all that it can be. */
function compile(modules: readonly string[]): readonly string[] {
  const names = modules.map((_, n) => `/types-${n}.ts`);
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.ESNext,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => names.includes(name) || fileExists(name);
  host.getSourceFile = (name, version) => {
    const n = names.indexOf(name);
    return n < 0 ? getSourceFile(name, version) : ts.createSourceFile(name, modules[n] ?? '', version);
  };
  const program = ts.createProgram(names, options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
