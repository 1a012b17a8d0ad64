/** Why a command cannot go on, in words for the person who ran it. `code` is stable, as those of problems are. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Nobody has agreed to what would be lost. */
export class Unconfirmed extends Stopped {
  constructor(message: string) {
    super('unconfirmed', message);
  }
}
