/**
 * JSON.parse turns numbers into doubles. Where that would lose digits, the number stays as its text, which
 * JSON.stringify writes out again (see `raw-number.ts`).
 */

/** Only a number with an exponent or with more digits than a double holds can lose any. */
const MAY_LOSE = /\d(?:[.\d]{15}|\.?\d*[eE])/;

/** `JSON.parse` that keeps every number that a double cannot hold. Throws `SyntaxError`. */
export function parseLossless(text: string): unknown {
  if (!MAY_LOSE.test(text)) return JSON.parse(text);
  const reviver = (_key: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && context?.source !== undefined && losesDigits(context.source, value)
      ? JSON.rawJSON(context.source)
      : value;
  return JSON.parse(text, reviver);
}

function losesDigits(source: string, value: number): boolean {
  if (!Number.isFinite(value)) return true;
  const [digits, exponent] = normal(source);
  const [kept, keptExponent] = normal(String(value));
  return digits !== kept || (digits !== '' && exponent !== keptExponent);
}

/** A number as its significant digits and the power of ten of the last of them. */
function normal(text: string): readonly [digits: string, exponent: number] {
  const [mantissa = '', power = '0'] = text.toLowerCase().replace('-', '').split(/e\+?/);
  const sign = text.toLowerCase().includes('e-') ? -1 : 1;
  const [whole = '', fraction = ''] = mantissa.split('.');
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  const exponent = sign * Math.abs(Number(power)) - fraction.length + (all.length - digits.length);
  return [digits, exponent];
}
