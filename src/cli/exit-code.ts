/** What a command tells the script that ran it. */
export const EXIT = {
  /** Done, or nothing to do. */
  done: 0,
  error: 1,
  /** With `--exit-code`: there are differences. */
  differences: 2,
  /** Nothing was done: the plan has to be confirmed, or asks questions. */
  unconfirmed: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
