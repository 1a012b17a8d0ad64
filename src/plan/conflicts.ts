import type { AsideRelation } from './conflict-choice.ts';
import type { TableName } from './steps/step-kind.ts';
import type { Step } from './steps.ts';

/** The relations that a plan makes: nothing else may be called so. */
export function madeRelations(steps: readonly Step[]): readonly TableName[] {
  return steps.flatMap((step) =>
    step.kind === 'createTable' || step.kind === 'createJoinTable' ? [step.target] : [],
  );
}

/** The steps by which relations make way. */
export function asideSteps(aside: readonly AsideRelation[]): readonly Step[] {
  return aside.map(({ schema, table, as }) => ({
    kind: 'setAside',
    phase: 'expand',
    model: table,
    target: { schema, table },
    columns: ['*'],
    as,
  }));
}
