import { Option } from '@commander-js/extra-typings';
import { carryOut } from '../carry-out.ts';
import { serverCommand } from '../command.ts';
import type { ModelDifference } from '../definitions/difference.ts';
import { EXIT } from '../exit-code.ts';
import { BACKFILL, CONFIRM, PLAN_ONLY, UNTIL, YES } from '../plan/options.ts';
import { repeatOptions, requestMembers } from '../plan/request-options.ts';
import { Session } from '../session.ts';
import { printTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

interface Drift {
  readonly id: string;
  readonly kind: string;
  readonly model: string | null;
  readonly field?: string;
  readonly message: string;
  readonly repairs: readonly { readonly op: string; readonly keep?: string }[];
}

export function driftCommand(terminal: Terminal) {
  return serverCommand('drift', 'show where the database differs from the models, and repair it', [
    'remodel drift --exit-code',
    'remodel drift --repair --plan',
    'remodel drift --repair --keep catalog --yes',
  ])
    .option('--exit-code', 'exit with 2 where there is a difference')
    .option('--repair', 'make a change that repairs all that can be')
    .addOption(
      new Option('--keep <side>', 'which side is right')
        .choices(['catalog', 'database'] as const)
        .default('catalog' as const),
    )
    .addOption(PLAN_ONLY)
    .addOption(CONFIRM)
    .addOption(YES)
    .addOption(BACKFILL)
    .addOption(UNTIL)
    .action(async (options) => {
      const session = await Session.open(terminal, options);
      const { server } = session;
      const { keep, confirm, yes, until } = options;
      const data = await server.all<Drift>('/drift');
      const repairable = data.filter(({ repairs }) => repairs.some((repair) => repair.keep === keep));
      if (!options.repair || repairable.length === 0) {
        if (options.exitCode && data.length > 0) terminal.exitCode = EXIT.differences;
        session.report({ data }, () => describe(data, terminal));
        return;
      }
      await carryOut(session, {
        server,
        request: {
          operations: repairable.map(({ id }) => ({ op: 'repair', difference: id, keep })),
          ...requestMembers(options),
        },
        told: repairable.map(tell),
        command: `remodel drift --repair --keep ${keep}${repeatOptions(options)}`,
        confirm,
        yes,
        until,
        planOnly: options.plan,
      });
    });
}

function tell({ model, message }: Drift): ModelDifference {
  return { model: model ?? '', kind: 'changed', sentences: [{ sign: '~', text: message }] };
}

function describe(data: readonly Drift[], { columns }: Terminal): string {
  if (data.length === 0) return 'The database is what the models say.';
  const rows = data.map(({ kind, model, field, message, repairs }) => [
    `${model ?? ''}${field === undefined ? '' : `.${field}`}`,
    kind,
    message,
    repairs.flatMap(({ keep }) => keep ?? []).join(', ') || 'by hand',
  ]);
  return printTable(['what', 'kind', 'difference', 'repairs (--keep)'], rows, columns);
}
