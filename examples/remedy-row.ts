import type { Row } from './data-file.ts';
import type { Refusals } from './refusals.ts';
import type { RefusedValue } from './refused-value.ts';
import type { Remedy, Source } from './sources.ts';

/** Notes what was refused of a row, and answers the row as it is sent again; null where nothing is left to try. */
export function remedyRow(
  source: Source,
  row: Row,
  refused: readonly RefusedValue[],
  refusals: Refusals,
): Row | null {
  let remedied: Row | null = row;
  for (const { field, code, message } of refused) {
    const sample = row[field];
    const known = source.remedies[field];
    const remedy = known !== undefined && isUntried(known, sample) ? known : null;
    refusals.note({ model: source.model, field, code, message, sample, remedy: remedy ?? 'nothing' });
    remedied = remedied && remedy ? withRemedy(remedied, field, remedy) : null;
  }
  return remedied;
}

/** A remedy that has been applied and did not help is not applied again. */
function isUntried(remedy: Remedy, value: Row[string] | undefined): boolean {
  switch (remedy) {
    case 'as text':
      return value !== undefined && value !== null && typeof value !== 'string';
    case 'as null':
      return value !== null;
    case 'left out':
      return value !== undefined;
  }
}

function withRemedy(row: Row, field: string, remedy: Remedy): Row {
  const { [field]: value, ...others } = row;
  if (remedy === 'left out') return others;
  return { ...others, [field]: remedy === 'as null' ? null : String(value) };
}
