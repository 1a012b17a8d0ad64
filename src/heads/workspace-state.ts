/**
 * Whether a workspace is there, as Redis holds it beside its heads: `SEQ.live` or `SEQ.trashed`. `SEQ` grows with each
 * move to the trash and back, so that it is written by the rule of the heads; it is none, and the edge writes it too.
 */
export const WORKSPACE_FIELD = '@workspace';

export function formatWorkspaceState(seq: number, isTrashed: boolean): string {
  return `${seq}.${isTrashed ? 'trashed' : 'live'}`;
}

export function isTrashedState(text: string | null): boolean {
  return text?.endsWith('.trashed') === true;
}
