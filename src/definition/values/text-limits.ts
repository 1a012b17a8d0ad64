import type { Finding } from '../../failure.ts';
import type { Field } from '../definition.ts';
import type { FieldInput } from '../definition-input.ts';
import type { JsonSchema } from '../field-type.ts';
import { quoteLiteral } from '../identifiers.ts';
import { pointer } from '../json-pointer.ts';
import { postgresPattern, refusePattern } from '../pattern.ts';
import { type Reader, refuse } from './reading.ts';
import { codePoints, readText } from './stored-text.ts';

/** `minLength`, `maxLength` and `pattern`, which the text-like types share. */
export const TEXT_LIMITS = ['minLength', 'maxLength', 'pattern'] as const;

export function checkTextLimits(field: FieldInput, path: string): readonly Finding[] {
  const findings: Finding[] = [];
  const { minLength, maxLength, pattern } = field;
  if (minLength !== undefined && maxLength !== undefined && minLength > maxLength)
    findings.push({
      path: pointer(path, 'minLength'),
      code: 'conflicting_properties',
      message: `must not be greater than maxLength, which is ${maxLength}`,
    });
  const reason = pattern === undefined ? undefined : refusePattern(pattern);
  if (reason !== undefined)
    findings.push({ path: pointer(path, 'pattern'), code: 'invalid_pattern', message: reason });
  return findings;
}

/** A judge of texts: why one is outside the limits, or undefined. */
function textLimits(field: Field): (text: string) => string | undefined {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern } = field;
  const regex = pattern === undefined ? undefined : new RegExp(pattern, 'u');
  return (text) => {
    // A text has at most as many code points as code units, so that most need no count.
    const length = text.length <= maxLength && minLength === 0 ? text.length : codePoints(text);
    if (length < minLength) return `must have at least ${minLength} characters, not ${length}`;
    if (length > maxLength) return `must have at most ${maxLength} characters, not ${length}`;
    if (regex && !regex.test(text)) return `must match the pattern ${pattern}`;
    return undefined;
  };
}

/** Reads a text; with `bounds` only one within the field's limits. */
export function limitedText(field: Field, bounds: boolean): Reader {
  if (!bounds) return readText;
  const refuseLimits = textLimits(field);
  return (value) => {
    const text = readText(value);
    const reason = typeof text === 'string' ? refuseLimits(text) : undefined;
    return reason === undefined ? text : refuse(reason);
  };
}

export function textLimitsSql(field: Field, column: string): readonly string[] {
  const checks: string[] = [];
  if (field.minLength) checks.push(`char_length(${column}) >= ${field.minLength}`);
  if (field.maxLength !== undefined) checks.push(`char_length(${column}) <= ${field.maxLength}`);
  if (field.pattern !== undefined) checks.push(`${column} ~ ${quoteLiteral(postgresPattern(field.pattern))}`);
  return checks;
}

export function textLimitsSchema(field: Field): JsonSchema {
  const { minLength, maxLength, pattern } = field;
  return {
    ...(minLength === undefined ? {} : { minLength }),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(pattern === undefined ? {} : { pattern }),
  };
}
