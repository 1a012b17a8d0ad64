/** Exact numbers as Postgres works with them: the digits after the point are part of the value. */
export class Numeric {
  readonly units: bigint;
  readonly scale: number;

  private constructor(units: bigint, scale: number) {
    this.units = units;
    this.scale = scale;
  }

  static read(text: string): Numeric {
    const [whole = '', fraction = ''] = text.split('.');
    return new Numeric(BigInt(whole + fraction), fraction.length);
  }

  /** 15 significant digits are beyond doubt, and no more are taken; what lies in the middle goes to the even one. */
  static ofFloat(value: number): Numeric {
    const isInTheMiddle = /^-?\d\.\d{13}[02468]50*e/.test(value.toExponential(100));
    const below = value.toExponential(15).replace(/5(?=e)/, '0');
    const [digits = '0', exponent = '0'] = (isInTheMiddle ? below : value.toExponential(14)).split('e');
    const [whole = '0', fraction = ''] = digits.split('.');
    const significant = fraction.replace(/0+$/, '');
    const scale = significant.length - Number(exponent);
    const units = BigInt(whole + significant);
    return scale >= 0 ? new Numeric(units, scale) : new Numeric(units * 10n ** BigInt(-scale), 0);
  }

  text(): string {
    const digits = String(this.units < 0n ? -this.units : this.units).padStart(this.scale + 1, '0');
    const point = digits.length - this.scale;
    const fraction = this.scale === 0 ? '' : `.${digits.slice(point)}`;
    return `${this.units < 0n ? '-' : ''}${digits.slice(0, point)}${fraction}`;
  }

  negate(): Numeric {
    return new Numeric(-this.units, this.scale);
  }

  abs(): Numeric {
    return this.units < 0n ? this.negate() : this;
  }

  compare(other: Numeric): number {
    const [a, b] = this.#aligned(other);
    return a < b ? -1 : a > b ? 1 : 0;
  }

  /** Whether it is a whole number of so many bits and a sign. */
  fits(bits: number): boolean {
    const limit = 2n ** BigInt(bits);
    return this.truncate().units >= -limit && this.truncate().units < limit;
  }

  combine(operator: '+' | '-' | '*' | '/' | '%', other: Numeric): Numeric | null {
    const scale = Math.max(this.scale, other.scale);
    const [a, b] = this.#aligned(other);
    switch (operator) {
      case '+':
        return new Numeric(a + b, scale);
      case '-':
        return new Numeric(a - b, scale);
      case '*':
        return new Numeric(this.units * other.units, this.scale + other.scale);
      case '%':
        return b === 0n ? null : new Numeric(a % b, scale);
      case '/': {
        if (b === 0n) return null;
        const digits = this.#quotientScale(other);
        return new Numeric(divideRounded(a * 10n ** BigInt(digits), b), digits);
      }
    }
  }

  round(scale: number): Numeric {
    if (scale >= this.scale) return new Numeric(this.units * 10n ** BigInt(scale - this.scale), scale);
    return new Numeric(divideRounded(this.units, 10n ** BigInt(this.scale - scale)), scale);
  }

  truncate(): Numeric {
    return new Numeric(this.units / 10n ** BigInt(this.scale), 0);
  }

  floor(): Numeric {
    const whole = this.truncate();
    return this.compare(whole) < 0 ? new Numeric(whole.units - 1n, 0) : whole;
  }

  ceil(): Numeric {
    return this.negate().floor().negate();
  }

  #aligned(other: Numeric): readonly [bigint, bigint] {
    const scale = Math.max(this.scale, other.scale);
    const at = ({ units, scale: own }: Numeric) => units * 10n ** BigInt(scale - own);
    return [at(this), at(other)];
  }

  /** `select_div_scale` of Postgres: at least 16 significant digits, counted in groups of four. */
  #quotientScale(other: Numeric): number {
    const [weight, first] = this.#leading();
    const [otherWeight, otherFirst] = other.#leading();
    const quotientWeight = weight - otherWeight - (first <= otherFirst ? 1 : 0);
    return Math.min(Math.max(16 - quotientWeight * 4, this.scale, other.scale, 0), 1000);
  }

  /** The first group of four digits that is not zero, and its place. */
  #leading(): readonly [number, number] {
    const groups = Math.ceil(this.scale / 4);
    const digits = String(
      (this.units < 0n ? -this.units : this.units) * 10n ** BigInt(groups * 4 - this.scale),
    );
    if (digits === '0') return [0, 0];
    const weight = Math.ceil(digits.length / 4) - 1;
    return [weight - groups, Number(digits.slice(0, digits.length - weight * 4))];
  }
}

/** Half away from zero. */
function divideRounded(a: bigint, b: bigint): bigint {
  const [dividend, divisor] = [a < 0n ? -a : a, b < 0n ? -b : b];
  const quotient = (2n * dividend + divisor) / (2n * divisor);
  return a < 0n === b < 0n ? quotient : -quotient;
}
