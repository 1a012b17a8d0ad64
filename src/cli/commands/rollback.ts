import { carryOut } from '../carry-out.ts';
import { serverCommand } from '../command.ts';
import { differences } from '../definitions/difference.ts';
import { type ModelDefinition, withoutAnswered } from '../definitions/model-definition.ts';
import { ANSWER, BACKFILL, CONFIRM, CONVERSIONS, PLAN_ONLY, UNTIL, YES } from '../plan/options.ts';
import { repeatOptions, requestMembers } from '../plan/request-options.ts';
import { Session } from '../session.ts';
import { Stopped } from '../stopped.ts';
import type { Terminal } from '../terminal.ts';

export function rollbackCommand(terminal: Terminal) {
  return serverCommand('rollback', 'make a model what it was at an earlier version', [
    'remodel rollback movie 1 --plan',
    'remodel rollback movie 1 --yes',
  ])
    .argument('<model>', 'the model')
    .argument('<version>', 'the number of a published version')
    .addOption(PLAN_ONLY)
    .addOption(CONFIRM)
    .addOption(YES)
    .addOption(ANSWER)
    .addOption(BACKFILL)
    .addOption(CONVERSIONS)
    .addOption(UNTIL)
    .action(async (model, version, options) => {
      const to = Number(version);
      if (!Number.isSafeInteger(to) || to < 1) {
        throw new Stopped('invalid_argument', `${version} is not the number of a version, such as 1`);
      }
      const session = await Session.open(terminal, options);
      const { server } = session;
      const path = `/models/${encodeURIComponent(model)}`;
      const [now, then] = await Promise.all([
        server.workspace.json<ModelDefinition>('GET', path),
        server.workspace.json<ModelDefinition>('GET', `${path}/versions/${to}`),
      ]);
      const { confirm, yes, until } = options;
      await carryOut(session, {
        server,
        request: { operations: [{ op: 'rollbackModel', model, to }], ...requestMembers(options) },
        told: differences([withoutAnswered(now)], [withoutAnswered(renamedBack(now, then))]),
        command: `remodel rollback ${model} ${to}${repeatOptions(options)}`,
        confirm,
        yes,
        until,
        planOnly: options.plan,
      });
    });
}

/** The earlier definition, with a note at what is called otherwise now: ids tell. */
function renamedBack(now: ModelDefinition, then: ModelDefinition): ModelDefinition {
  const names = new Map(now.fields.map((field) => [field['id'], field.name]));
  const note = (name: string, before: string | undefined) =>
    before === undefined || before === name ? {} : { renamedFrom: before };
  return {
    ...then,
    ...note(then.name, now.name),
    fields: then.fields.map((field) => ({ ...field, ...note(field.name, names.get(field['id'])) })),
  };
}
