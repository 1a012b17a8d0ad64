import type { Telemetry, TelemetryEvent } from '../telemetry.ts';
import { Counter, Histogram, type Metric } from './prometheus-metric.ts';

/** The numbers of one isolate, and a log line of what is rare. */
export interface Prometheus extends Telemetry {
  /** Prometheus' text format, version 0.0.4. */
  text(): string;
}

const REQUEST_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const STALENESS_BOUNDS = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600];
const STEP_BOUNDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 30, 60, 300, 1800];
const AGE_BOUNDS = [0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300];

/** What else clients send as a method is counted together: it may be any text, and each would be numbers for ever. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Counts what it is told. `logsRequests`: a line for each request, not only for those that failed here. */
export function prometheus(options: { readonly logsRequests: boolean }): Prometheus {
  const metrics: Metric[] = [];
  const counter = (name: string, help: string) => kept(new Counter(`remodel_${name}`, help));
  const histogram = (name: string, help: string, bounds: readonly number[]) =>
    kept(new Histogram(`remodel_${name}`, help, bounds));
  const requests = histogram('request_seconds', 'Requests, by what they took.', REQUEST_BOUNDS);
  const lookups = counter('head_lookups_total', 'Commands that asked Redis for heads.');
  const regenerations = counter('regenerations_total', 'Model classes that were made.');
  const staleness = histogram(
    'staleness_seconds',
    'From the publish of a version to its first use by an isolate that used the one before.',
    STALENESS_BOUNDS,
  );
  const ages = histogram('queue_age_seconds', 'How long messages waited.', AGE_BOUNDS);
  const steps = histogram('step_seconds', 'Steps of changes.', STEP_BOUNDS);
  const backfilled = counter('backfill_rows_total', 'Rows that backfills changed.');
  const backfilling = counter('backfill_seconds_total', 'What that took in Postgres.');
  const changes = counter('changes_total', 'Changes that came this far.');

  return {
    note(event) {
      switch (event.kind) {
        case 'request': {
          const { method, route, status, seconds } = event;
          requests.observe(seconds, { method: METHODS.has(method) ? method : 'other', route, status });
          if (options.logsRequests || status >= 500) log(event);
          return;
        }
        case 'headLookup':
          lookups.add(1, { outcome: event.outcome });
          return;
        case 'regeneration':
          regenerations.add(1);
          if (event.staleSeconds !== null) {
            staleness.observe(event.staleSeconds);
            log(event);
          }
          return;
        case 'message':
          ages.observe(event.ageSeconds, { queue: event.queue });
          return;
        case 'step':
          steps.observe(event.seconds, { step: event.step, outcome: event.outcome });
          log(event);
          return;
        case 'batch':
          backfilled.add(event.rows, { step: event.step });
          backfilling.add(event.seconds, { step: event.step });
          return;
        case 'change':
          changes.add(1, { status: event.status });
          log(event);
      }
    },
    text: () => `${metrics.flatMap((metric) => metric.lines()).join('\n')}\n`,
  };

  function kept<M extends Metric>(metric: M): M {
    metrics.push(metric);
    return metric;
  }
}

/** One line of JSON, whose members Workers observability can be asked for. */
function log({ kind, ...members }: TelemetryEvent): void {
  console.log(JSON.stringify({ event: kind, ...members }));
}
