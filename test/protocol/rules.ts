/** The rules that the protocol stands on. Each can be taken out, to see that the model misses it. */
export interface Rules {
  /** Contract steps wait until no request can be using the class before. */
  readonly grace: boolean;
  /** Contract steps wait for transactions that began before the publish. */
  readonly oldTransactions: boolean;
  /** Redis keeps the head of the greater `seq`. */
  readonly headsOnlyGrow: boolean;
  /** An isolate keeps the class of the greater `seq`. */
  readonly classesOnlyGrow: boolean;
  /** Redis hears of a version after its commit. */
  readonly headLast: boolean;
  /** One runner in a workspace. */
  readonly lock: boolean;
  /** A trigger keeps the old column and the new one in step until contract. */
  readonly trigger: boolean;
  /** A step commits together with its record. */
  readonly recordWithStep: boolean;
  /** The column before stands until contract. */
  readonly columnKept: boolean;
  /** The sweep brings back what was lost. */
  readonly sweep: boolean;
}

export const ALL_RULES: Rules = {
  grace: true,
  oldTransactions: true,
  headsOnlyGrow: true,
  classesOnlyGrow: true,
  headLast: true,
  lock: true,
  trigger: true,
  recordWithStep: true,
  columnKept: true,
  sweep: true,
};

/** Times, in seconds. The clock of the model moves by one, and what is bounded by it ends before it moves on. */
export const LAG = 1;
export const HEAD_TTL = 1;
export const LONGEST_REQUEST = 1;
/** Greater than the sum of the others, as the operator is told to choose it. */
export const GRACE = LAG + HEAD_TTL + LONGEST_REQUEST + 1;
export const SLICE = 2;
/** When the sweep looks after a change whose message may be lost. */
export const LOST_AFTER = 3;
/** How long the sweep believes that Redis knows what is due. */
export const SWEPT = 4;

export const WORKSPACE = 'main';
export const MODEL = 'movie';

/** A state, or an answer, that one of the eight statements forbids. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly statement: number;

  constructor(statement: number, message: string) {
    super(`statement ${statement}: ${message}`);
    this.statement = statement;
  }
}
