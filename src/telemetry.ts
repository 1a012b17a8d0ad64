/** What happens in an isolate, for those who watch over a deployment: numbers and names, never values of records. */
export type TelemetryEvent =
  | {
      readonly kind: 'request';
      readonly requestId: string;
      readonly method: string;
      /** As it was mounted: `/v1/:ws/records/:model`. */
      readonly route: string;
      readonly path: string;
      readonly status: number;
      readonly seconds: number;
    }
  /** Heads that were asked for by one command. */
  | { readonly kind: 'headLookup'; readonly outcome: 'answered' | 'unavailable' }
  /** An isolate made a class; `staleSeconds` after its publish, where it had used the class before. */
  | {
      readonly kind: 'regeneration';
      readonly workspace: string;
      readonly model: string;
      readonly version: number;
      readonly staleSeconds: number | null;
    }
  | {
      readonly kind: 'message';
      readonly queue: string;
      readonly ageSeconds: number;
      readonly attempts: number;
    }
  | {
      readonly kind: 'step';
      readonly workspace: string;
      readonly change: string;
      readonly step: string;
      readonly seconds: number;
      readonly outcome: 'done' | 'interrupted';
    }
  | { readonly kind: 'batch'; readonly step: string; readonly rows: number; readonly seconds: number }
  | {
      readonly kind: 'change';
      readonly workspace: string;
      readonly change: string;
      readonly status: 'published' | 'done' | 'failed' | 'cancelled';
    };

/** Where events go. Never throws, and keeps nobody waiting. */
export interface Telemetry {
  note(event: TelemetryEvent): void;
}
