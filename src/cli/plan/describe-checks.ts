import type { FailedCheck } from '../../client/changes.ts';

const MEANINGS: Readonly<Record<string, string>> = {
  unique: 'share their value with another',
  required: 'have no value',
  check: 'break the new rule',
  reference: 'refer to what is not there',
  conversion: 'have a value that does not convert',
  expression: 'have values that the expression fails on',
};

const SHOWN_SAMPLES = 5;

/** Which rows stand in the way, a line for each field. */
export function describeChecks(checks: readonly FailedCheck[]): readonly string[] {
  return checks.map(({ kind, model, field, failing, samples }) => {
    const rows = failing === 1 ? '1 row' : `${failing.toLocaleString('en')} rows`;
    const some = samples.slice(0, SHOWN_SAMPLES).map(({ id, value }) => {
      return `${value === null ? 'null' : JSON.stringify(value)} in ${id ?? 'a row without id'}`;
    });
    const more = failing > some.length && some.length > 0 ? ', …' : '';
    const list = some.length === 0 ? '' : `: ${some.join(', ')}${more}`;
    return `${model}.${field}: ${rows} ${MEANINGS[kind] ?? `fail the check ${kind}`}${list}`;
  });
}
