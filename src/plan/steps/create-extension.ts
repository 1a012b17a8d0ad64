import type { Extension } from '../../definition/extensions.ts';
import { quoteIdentifier, quoteLiteral } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';

export interface CreateExtension extends StepBase {
  readonly kind: 'createExtension';
  readonly extension: Extension;
}

/**
 * Several workspaces may come to this at once: they take turns. It is not undone: an extension belongs to the
 * database, and others may be using it by then.
 */
export const createExtension: TransactionKind<CreateExtension> = {
  mode: 'transaction',
  lock: 'none on tables',
  run: ({ extension }) => [
    `select pg_advisory_xact_lock(hashtext(${quoteLiteral(`remodel extension ${extension}`)}))`,
    `create extension if not exists ${quoteIdentifier(extension)}`,
  ],
  undo: () => [],
};
