import { describe, expect, test } from 'vitest';
import { Counter, Histogram } from '../../src/adapters/prometheus-metric.ts';

describe('a metric', () => {
  test('that counts has a line for each set of labels', () => {
    const counter = new Counter('rows_total', 'Rows.');
    counter.add(2, { step: 'convert' });
    counter.add(3, { step: 'convert' });
    counter.add(1, { step: 'a "b"\\\n' });
    expect(counter.lines()).toEqual([
      '# HELP rows_total Rows.',
      '# TYPE rows_total counter',
      'rows_total{step="convert"} 5',
      'rows_total{step="a \\"b\\"\\\\\\n"} 1',
    ]);
  });

  test('that is a histogram counts what lies at or below each bound', () => {
    const histogram = new Histogram('age_seconds', 'Ages.', [0.1, 1]);
    for (const age of [0.05, 0.1, 0.5, 7]) histogram.observe(age, { queue: 'q' });
    expect(histogram.lines().slice(2)).toEqual([
      'age_seconds_bucket{queue="q",le="0.1"} 2',
      'age_seconds_bucket{queue="q",le="1"} 3',
      'age_seconds_bucket{queue="q",le="+Inf"} 4',
      'age_seconds_sum{queue="q"} 7.65',
      'age_seconds_count{queue="q"} 4',
    ]);
  });
});
