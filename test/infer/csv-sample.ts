import { type Sample, sampleOfCells } from '../../src/infer/sample.ts';
import { readCsv } from '../../src/tabular/csv-rows.ts';

/** A file in one part. */
export async function* bytesOf(text: string) {
  yield new TextEncoder().encode(text);
}

/** The sample that a CSV file is. */
export async function csvSample(text: string): Promise<Sample> {
  const rows: (readonly (string | null)[])[] = [];
  for await (const some of readCsv(bytesOf(text))) rows.push(...some.map(({ cells }) => cells));
  return sampleOfCells('thing', rows);
}
