import { carryOut } from '../carry-out.ts';
import { serverCommand } from '../command.ts';
import { differences } from '../definitions/difference.ts';
import { type ModelDefinition, withoutAnswered } from '../definitions/model-definition.ts';
import { CONFIRM, PLAN_ONLY, UNTIL, YES } from '../plan/options.ts';
import { Session } from '../session.ts';
import { Stopped } from '../stopped.ts';
import type { Terminal } from '../terminal.ts';

export function adoptCommand(terminal: Terminal) {
  return serverCommand('adopt', 'make models of tables that are there', [
    'remodel adopt shop.product --as product --plan',
    'remodel adopt --schema shop --yes',
  ])
    .argument('[table]', 'SCHEMA.TABLE')
    .option('--schema <schema>', 'all tables of a schema')
    .option('--as <name>', 'the name of the model, of one table')
    .addOption(PLAN_ONLY)
    .addOption(CONFIRM)
    .addOption(YES)
    .addOption(UNTIL)
    .action(async (table, options) => {
      const { schema, as, confirm, yes, until } = options;
      if ((table === undefined) === (schema === undefined)) {
        throw new Stopped('invalid_argument', 'name a table (legacy.film), or a schema (--schema legacy)');
      }
      const session = await Session.open(terminal, options);
      const { server } = session;
      const what = { ...(table ? { table } : {}), ...(schema ? { schema } : {}), ...(as ? { as } : {}) };
      const { models } = await server.workspace.json<{ models: readonly ModelDefinition[] }>(
        'POST',
        '/adopt',
        {
          query: new URLSearchParams({ plan: 'true' }),
          body: what,
        },
      );
      const command = `remodel adopt ${table ?? `--schema ${schema}`}${as ? ` --as ${as}` : ''}`;
      await carryOut(session, {
        server,
        request: { operations: [{ op: 'adopt', ...what }] },
        told: differences([], models.map(withoutAnswered)),
        command,
        confirm,
        yes,
        until,
        planOnly: options.plan,
      });
    });
}
