import { parse } from 'yaml';
import { Failure } from '../failure.ts';

/**
 * What a file of definitions holds, JSON or YAML by its name: one definition, a list of them, or such a list under
 * `models`. Whether they are definitions, the change says. Throws `validation_failed`.
 */
export function readDefinitionFile(path: string, text: string): readonly unknown[] {
  const value = parseFile(path, text);
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) {
    throw unreadable(path, 'it holds no definition: a model is an object, or one of a list');
  }
  return 'models' in value && Array.isArray(value.models) ? value.models : [value];
}

function parseFile(path: string, text: string): unknown {
  try {
    // Definitions refer to nothing within the file: an alias is but a way to make much of little.
    return path.endsWith('.json') ? JSON.parse(text) : parse(text, { maxAliasCount: 0 });
  } catch (error) {
    // What is nested too deep runs over the stack.
    if (!(error instanceof Error)) throw error;
    throw unreadable(path, error.message.split('\n', 1)[0] ?? '', error);
  }
}

function unreadable(path: string, reason: string, cause?: Error): Failure {
  return new Failure('validation_failed', `the file ${path} cannot be read: ${reason}`, { cause });
}
