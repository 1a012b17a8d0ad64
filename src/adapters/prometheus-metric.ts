type Labels = Readonly<Record<string, string | number>>;

/**
 * A metric in Prometheus' text format, version 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/): one line for each set of labels.
 */
export interface Metric {
  lines(): readonly string[];
}

/** A number that grows. */
export class Counter implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #values = new Map<string, number>();

  constructor(name: string, help: string) {
    this.#name = name;
    this.#help = help;
  }

  add(value: number, labels: Labels = {}): void {
    const key = textOf(labels);
    this.#values.set(key, (this.#values.get(key) ?? 0) + value);
  }

  lines(): readonly string[] {
    const samples = [...this.#values].map(([labels, value]) => `${this.#name}${inBraces(labels)} ${value}`);
    return [...headOf(this.#name, this.#help, 'counter'), ...samples];
  }
}

interface Observed {
  /** How many lie at or below each bound. */
  readonly counts: number[];
  sum: number;
  count: number;
}

/** How many observations lie at or below each bound. */
export class Histogram implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #observed = new Map<string, Observed>();

  /** `bounds` ascend. */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.#name = name;
    this.#help = help;
    this.#bounds = bounds;
  }

  observe(value: number, labels: Labels = {}): void {
    const key = textOf(labels);
    let observed = this.#observed.get(key);
    if (!observed) {
      observed = { counts: this.#bounds.map(() => 0), sum: 0, count: 0 };
      this.#observed.set(key, observed);
    }
    const { counts } = observed;
    this.#bounds.forEach((bound, n) => {
      if (value <= bound) counts[n] = (counts[n] ?? 0) + 1;
    });
    observed.sum += value;
    observed.count += 1;
  }

  lines(): readonly string[] {
    const samples = [...this.#observed].flatMap(([labels, { counts, sum, count }]) => {
      const bucket = (bound: number | '+Inf', value: number) =>
        `${this.#name}_bucket${inBraces([labels, `le="${bound}"`].filter(Boolean).join(','))} ${value}`;
      return [
        ...this.#bounds.map((bound, n) => bucket(bound, counts[n] ?? 0)),
        bucket('+Inf', count),
        `${this.#name}_sum${inBraces(labels)} ${sum}`,
        `${this.#name}_count${inBraces(labels)} ${count}`,
      ];
    });
    return [...headOf(this.#name, this.#help, 'histogram'), ...samples];
  }
}

function headOf(name: string, help: string, type: string): readonly string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function textOf(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${String(value).replace(/[\\"\n]/g, escaped)}"`)
    .join(',');
}

function escaped(character: string): string {
  return character === '\n' ? '\\n' : `\\${character}`;
}

function inBraces(labels: string): string {
  return labels === '' ? '' : `{${labels}}`;
}
