/**
 * What Redis holds for a model name: `SEQ.VERSION.HASH`, or `SEQ.0.` once the name belongs to no model.
 * `seq` comes from one sequence of the catalog and grows with every publish, so heads of one name are ordered
 * even when the name passes from one model to another (version numbers belong to a model, not to a name).
 */
export interface Head {
  readonly seq: number;
  readonly version: number;
  /** Empty where the name belongs to no model. */
  readonly hash: string;
}

/** Reads a head's text; null where it is none. */
export function parseHead(text: string | null): Head | null {
  const match = text === null ? null : /^(\d{1,15})\.(\d{1,15})\.([0-9a-f]{64}|)$/.exec(text);
  if (!match) return null;
  return { seq: Number(match[1]), version: Number(match[2]), hash: match[3] ?? '' };
}

/** Writes a head as the text that Redis holds. */
export function formatHead(head: Head): string {
  return `${head.seq}.${head.version}.${head.hash}`;
}
