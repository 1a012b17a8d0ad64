import { Option } from '@commander-js/extra-typings';
import { collect } from '../command.ts';

/** Options that several commands take, each said once. */
export const PRUNE = new Option('--prune', 'move what is on the server and not named here to the trash');

export const ANSWER = new Option(
  '--answer <id=yes|no>',
  "answer a question of the plan: 'rename:movie.gross->revenue=yes'",
).argParser(collect);

export const BACKFILL = new Option(
  '--backfill <field=value>',
  'what records that are there get in a new required field: movie.studio=unknown',
).argParser(collect);

export const CONVERSIONS = new Option(
  '--conversions <field=rule>',
  'what becomes of values that do not convert: movie.year=null, or a rule as JSON',
).argParser(collect);

export const CONFIRM = new Option('--confirm <hash>', 'apply the plan of this hash, and no other');

export const YES = new Option('--yes', 'ask nothing, and confirm whatever the plan is');

export const PLAN_ONLY = new Option('--plan', 'show the plan, and change nothing');

export const UNTIL = new Option('--until <status>', 'how far to wait')
  .choices(['queued', 'published', 'done'] as const)
  .default('published' as const);
