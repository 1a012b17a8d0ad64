/** What lets a request pass, and is asked for in the command of its heads: an API key, for one that has one. */
export interface Pass {
  /** The field of the workspace that holds it. */
  readonly field: string;
  /** Hears what Redis holds; null where it holds nothing, or did not answer. Throws where the request must not pass. */
  hear(text: string | null): Promise<void>;
}
