import type { Finding } from '../../failure.ts';
import type { FieldInput } from '../definition-input.ts';
import { quoteLiteral } from '../identifiers.ts';
import { pointer } from '../json-pointer.ts';
import { refuseUnstorable } from './stored-text.ts';

const MAX_OPTIONS = 500;
const MAX_OPTION_LENGTH = 200;

/** The options that a value is one of, or a list of: texts, each once. */
export function checkOptions({ options }: FieldInput, path: string): readonly Finding[] {
  const at = pointer(path, 'options');
  if (!options || options.length === 0 || options.length > MAX_OPTIONS) {
    const code = options ? 'invalid_property' : 'required_property';
    return [{ path: at, code, message: `must be a list of 1 to ${MAX_OPTIONS} texts` }];
  }
  const findings: Finding[] = [];
  const seen = new Set<string>();
  options.forEach((option, n) => {
    const unfit = option.length > MAX_OPTION_LENGTH || option === '';
    const reason = unfit
      ? `must be a text of 1 to ${MAX_OPTION_LENGTH} characters`
      : refuseUnstorable(option);
    if (reason !== undefined)
      findings.push({ path: pointer(at, n), code: 'invalid_property', message: reason });
    if (seen.has(option)) {
      findings.push({
        path: pointer(at, n),
        code: 'conflicting_properties',
        message: `${option} is listed twice`,
      });
    }
    seen.add(option);
  });
  return findings;
}

/** The options as a sentence ends with them: the first twenty. */
export function listOptions(options: readonly string[]): string {
  return `${options.slice(0, 20).join(', ')}${options.length > 20 ? ' …' : ''}`;
}

/** The options as an array of SQL. */
export function optionsSql(options: readonly string[]): string {
  return `array[${options.toSorted().map(quoteLiteral).join(', ')}]::text[]`;
}
