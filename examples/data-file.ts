import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import * as v from 'valibot';

const DATA = new URL('../data/', import.meta.resolve('vega-datasets'));

const VALUE = v.union([v.string(), v.number(), v.boolean(), v.null()]);
const ROWS = v.array(v.record(v.string(), VALUE));

/** A row as its file has it: a CSV file knows texts only. */
export type Row = v.InferOutput<typeof ROWS>[number];

/** The rows of a file of vega-datasets. Only the names of columns are made those of fields, never a value. */
export async function readRows(file: string): Promise<readonly Row[]> {
  const text = await readFile(new URL(file, DATA), 'utf8');
  const content: unknown = file.endsWith('.csv') ? parse(text, { columns: true }) : JSON.parse(text);
  return v.parse(ROWS, content).map(renameColumns);
}

/** `US Gross` is `us_gross`, `Miles_per_Gallon` is `miles_per_gallon`. */
function renameColumns(row: Row): Row {
  const renamed = Object.entries(row).map(([column, value]) => [
    column.toLowerCase().replace(/[^a-z0-9]+/g, '_'),
    value,
  ]);
  return Object.fromEntries(renamed);
}
