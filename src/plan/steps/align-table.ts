import { quoteIdentifier, quoteLiteral } from '../../definition/identifiers.ts';
import { type AddComputed, endComputing, startComputing } from './add-computed.ts';
import { noteRecords } from './note-events.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';
import { isTrashed } from './trash-column.ts';

/** A thing of a table that gets another name. */
export interface Renamed {
  readonly from: string;
  readonly to: string;
}

export interface RenamedComputed extends Pick<AddComputed, 'column' | 'value' | 'level'> {
  readonly from: string;
}

export interface AlignTable extends StepBase {
  readonly kind: 'alignTable';
  readonly modelId: string;
  /** The column of the key, from here on. */
  readonly key: string;
  /** What the table is called from here on; `target` says what until then. */
  readonly table: string;
  readonly renamed: {
    readonly columns: readonly Renamed[];
    /** Their names hold digests of tables and columns, by which they are known. */
    readonly indexes: readonly Renamed[];
    readonly constraints: readonly Renamed[];
  };
  /** The computed columns, by their names of before and after: their triggers speak of columns by name. */
  readonly computed: readonly RenamedComputed[];
}

/** In the publish transaction: the class before fails loudly from here on, for it asks for names that are gone. */
export const alignTable: TransactionKind<AlignTable> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run(step) {
    const table = quoteTable(step.target);
    const { columns, indexes, constraints } = step.renamed;
    const renamed = { ...step.target, table: step.table };
    return [
      ...step.computed.flatMap(({ from, level }) => endComputing(step.target, from, level)),
      ...columns.map(
        ({ from, to }) =>
          `alter table ${table} rename column ${quoteIdentifier(from)} to ${quoteIdentifier(to)}`,
      ),
      ...indexes.map(
        ({ from, to }) =>
          `alter index if exists ${quoteTable({ ...step.target, table: from })} rename to ${quoteIdentifier(to)}`,
      ),
      ...constraints.map((constraint) => renameConstraint(table, constraint)),
      ...columns.flatMap((column) => noteColumn(step.modelId, column)),
      ...(step.table === step.target.table ? [] : renameTable(step, table)),
      ...step.computed.flatMap((computed) => startComputing(renamed, computed)),
      ...(columns.some(({ to }) => to === step.key) ? noteRecords(renamed, step.modelId, step.key) : []),
    ];
  },
};

/** One that a contract step could not set is not there. */
function renameConstraint(table: string, { from, to }: Renamed): string {
  const rename = `alter table ${table} rename constraint ${quoteIdentifier(from)} to ${quoteIdentifier(to)}`;
  const look = `select from pg_constraint where conrelid = ${quoteLiteral(table)}::regclass and conname = ${quoteLiteral(from)}`;
  return `do ${quoteLiteral(`begin if exists (${look}) then ${rename}; end if; end`)}`;
}

function renameTable(step: AlignTable, table: string): readonly string[] {
  const modelId = quoteLiteral(step.modelId);
  return [
    `alter table ${table} rename to ${quoteIdentifier(step.table)}`,
    `update remodel.trash set table_name = ${quoteLiteral(step.table)} where model_id = ${modelId} and kind = 'field'`,
    noteName(step.modelId, 'table', step.target.table),
  ];
}

function noteColumn(modelId: string, { from, to }: Renamed): readonly string[] {
  if (!isTrashed(from)) return [noteName(modelId, 'column', from)];
  return [
    `update remodel.trash set column_name = ${quoteLiteral(to)} where model_id = ${quoteLiteral(modelId)} and column_name = ${quoteLiteral(from)}`,
  ];
}

/** Ids were made of the name: nothing new gets it. */
function noteName(modelId: string, kind: 'table' | 'column', name: string): string {
  return `insert into remodel.former_names (model_id, workspace_id, kind, name) select id, workspace_id, '${kind}', ${quoteLiteral(name)} from remodel.models where id = ${quoteLiteral(modelId)} on conflict do nothing`;
}
