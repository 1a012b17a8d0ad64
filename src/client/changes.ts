import type { Transport } from './transport.ts';

/** What models are to be, or what is to be done to them: `models` or `operations`, and what goes with them. */
export interface ChangeRequest {
  readonly models?: readonly object[];
  readonly prune?: boolean;
  readonly operations?: readonly { readonly op: string; readonly [member: string]: unknown }[];
  readonly answers?: Readonly<Record<string, boolean>>;
  readonly conversions?: Readonly<Record<string, object>>;
  readonly backfill?: Readonly<Record<string, unknown>>;
  readonly confirm?: string;
}

/** One unit of a plan. */
export interface PlanStep {
  readonly n: number;
  readonly phase: string;
  readonly kind: string;
  readonly model: string;
  readonly field?: string;
  readonly sql: readonly string[];
  readonly lock: string;
  readonly online: boolean;
  readonly destructive: boolean;
  readonly lossy: boolean;
  readonly estimatedRows: number | null;
  readonly estimatedSeconds: number | null;
}

/** Rows that stand in the way of a change: how many they are, and some of them. */
export interface FailedCheck {
  readonly kind: string;
  readonly model: string;
  readonly field: string;
  readonly failing: number;
  readonly samples: readonly { readonly id: string | null; readonly value: string | null }[];
}

export interface Plan {
  readonly hash: string;
  readonly base: Readonly<Record<string, string>>;
  readonly result: Readonly<Record<string, string>>;
  readonly steps: readonly PlanStep[];
  readonly questions: readonly { readonly id: string; readonly text: string; readonly default: boolean }[];
  readonly checks: readonly FailedCheck[];
  readonly warnings: readonly string[];
  readonly destructive: boolean;
  readonly lossy: boolean;
}

export interface Change {
  readonly id: string;
  readonly seq: number;
  readonly status: 'queued' | 'running' | 'published' | 'done' | 'failed' | 'cancelled';
  readonly models: readonly string[];
  readonly plan: Plan | null;
  readonly progress: {
    readonly step: number;
    readonly steps: number;
    readonly rows: number;
    readonly rowsTotal: number;
    readonly rowsPerSecond: number | null;
    readonly eta: string | null;
  };
  readonly steps: readonly Readonly<Record<string, unknown>>[];
  /** What is in its way, and until when. */
  readonly waitingFor: Readonly<Record<string, string>> | null;
  readonly error?: Readonly<Record<string, unknown>> & { readonly code: string; readonly detail: string };
  readonly source: string;
  readonly createdAt: string;
  readonly publishedAt: string | null;
  readonly finishedAt: string | null;
}

/** Seconds, at most 30, to wait until a change is published. */
export interface Waiting {
  readonly wait?: number;
}

/** Changes of models: what they would do, and doing it. */
export class Changes {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** What a change would do. Changes nothing. */
  plan(request: ChangeRequest): Promise<Plan> {
    return this.#transport.json('POST', '/plans', { body: request });
  }

  /** Begins a change. */
  create(
    request: ChangeRequest,
    { wait, idempotencyKey }: Waiting & { readonly idempotencyKey?: string } = {},
  ): Promise<Change> {
    const headers = { ...preferred(wait), 'Idempotency-Key': idempotencyKey };
    return this.#transport.json('POST', '/changes', { body: request, headers });
  }

  get(id: string): Promise<Change> {
    return this.#transport.json('GET', `/changes/${encodeURIComponent(id)}`);
  }

  /** Stops a change before it is published, and undoes it. */
  cancel(id: string, { wait }: Waiting = {}): Promise<Change> {
    return this.#transport.json('POST', `/changes/${encodeURIComponent(id)}/cancel`, {
      headers: preferred(wait),
    });
  }

  /** Runs a failed change again. */
  retry(id: string, { wait }: Waiting = {}): Promise<Change> {
    return this.#transport.json('POST', `/changes/${encodeURIComponent(id)}/retry`, {
      headers: preferred(wait),
    });
  }
}

function preferred(wait: number | undefined): { readonly Prefer?: string } {
  return wait === undefined ? {} : { Prefer: `wait=${wait}` };
}
