/**
 * What Redis holds for a model name: `SEQ.VERSION.HASH.TIME`, or `SEQ.0.` once the name belongs to no model.
 * `seq` comes from one sequence of the catalog and grows with every publish, so heads of one name are ordered
 * even when the name passes from one model to another (version numbers belong to a model, not to a name).
 */
export interface Head {
  readonly seq: number;
  readonly version: number;
  /** Empty where the name belongs to no model. */
  readonly hash: string;
  /** When that version was published, in milliseconds since the epoch; null where that was not written. */
  readonly publishedAt: number | null;
}

/** Reads a head's text; null where it is none. */
export function parseHead(text: string | null): Head | null {
  const match =
    text === null ? null : /^(\d{1,15})\.(\d{1,15})\.([0-9a-f]{64}|)(?:\.(\d{1,15}))?$/.exec(text);
  if (!match) return null;
  const [, seq, version, hash = '', time] = match;
  return {
    seq: Number(seq),
    version: Number(version),
    hash,
    publishedAt: time === undefined ? null : Number(time),
  };
}

/** Writes a head as the text that Redis holds. */
export function formatHead(head: Head): string {
  const { seq, version, hash, publishedAt } = head;
  return `${seq}.${version}.${hash}${publishedAt === null ? '' : `.${publishedAt}`}`;
}
