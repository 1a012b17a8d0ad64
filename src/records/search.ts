import { indexesOf, readIndexEntry, searchDocument } from '../definition/model-indexes.ts';
import { systemFields } from '../definition/system-fields.ts';
import type { Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { SortKey } from './sort-key.ts';

/** A search for words: its condition and its rank, as SQL that has the words as $1. */
export interface Search {
  readonly words: string;
  readonly condition: string;
  /** The best match first. */
  readonly rank: SortKey;
}

const QUERY = `websearch_to_tsquery('simple', $1::text)`;
const MAX_LENGTH = 1000;
const TEXTS = ['text', 'choice', 'email', 'url'];

/**
 * Reads `search=the "old man" -sea`: in the fields of the model's full-text indexes, or in all its texts, one by one,
 * where it has none. Null where nothing is searched.
 */
export function parseSearch(model: ModelClass, words: string | null, findings: Finding[]): Search | null {
  if (words === null) return null;
  const refuse = (code: string, message: string) => {
    findings.push({ path: 'search', code, message });
    return null;
  };
  if (words.trim() === '' || words.length > MAX_LENGTH || words.includes('\0')) {
    return refuse('invalid_value', `must be 1 to ${MAX_LENGTH} characters`);
  }
  const documents = documentsOf(model);
  const [first, ...others] = documents;
  if (!first) return refuse('not_searchable', `${model.definition.name} has no field of texts`);
  const ranks = documents.map((document) => `ts_rank(${document}, ${QUERY})`);
  return {
    words,
    condition: `(${documents.map((document) => `${document} @@ ${QUERY}`).join(' or ')})`,
    rank: {
      id: 'rank',
      sql: others.length > 0 ? `greatest(${ranks.join(', ')})` : `${ranks[0]}`,
      columnType: 'real',
      nullable: false,
      descending: true,
      nullsFirst: true,
    },
  };
}

function documentsOf({ definition }: ModelClass): readonly string[] {
  const fields = [...systemFields(definition), ...definition.fields];
  const byId = new Map(fields.map((field) => [field.id, field]));
  const indexed = indexesOf(definition)
    .filter(({ of, where }) => of.kind === 'fullText' && where === null)
    .map(({ of }) => of.fields.flatMap((entry) => byId.get(readIndexEntry(entry).field) ?? []));
  const all = fields.filter(({ type }) => TEXTS.includes(type));
  const documents = indexed.length > 0 || all.length === 0 ? indexed : [all];
  return documents.map((document) => searchDocument(document, 't.'));
}
