/** What one check of a deployment found. */
export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'failed';
  readonly message: string;
  /** What to do about it; absent where all is well. */
  readonly mend?: string;
}

export function ok(check: string, message: string): Finding {
  return { check, status: 'ok', message };
}

export function warning(check: string, message: string, mend: string): Finding {
  return { check, status: 'warning', message, mend };
}

export function failed(check: string, message: string, mend: string): Finding {
  return { check, status: 'failed', message, mend };
}
