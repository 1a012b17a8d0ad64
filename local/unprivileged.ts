import { execFileSync, spawnSync } from 'node:child_process';

/** How to start a program that refuses to run as root. */
export interface Runner {
  /** Put before the command line. */
  readonly prefix: readonly string[];
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** Whether the user id has to be set when the process is made; otherwise the prefix does it. */
  readonly setsId: boolean;
}

const ACCOUNTS = ['postgres', 'nobody'];

/**
 * As root: another account, one that can reach the paths given. Where a folder above them is closed to it (as
 * /root is), it gets the capability to pass, if `setpriv` is installed. Anybody else runs programs as himself.
 */
export function unprivilegedRunner(paths: readonly string[]): Runner {
  if (process.getuid?.() !== 0) return { prefix: [], owner: undefined, setsId: false };
  const account = ACCOUNTS.find(exists);
  if (account === undefined)
    throw new Error('Postgres cannot run as root, and there is no account "nobody" to run it as.');
  const owner = { uid: idOf(account, '-u'), gid: idOf(account, '-g') };
  const plain: Runner = { prefix: [], owner, setsId: true };
  const passing: Runner = {
    prefix: [
      'setpriv',
      `--reuid=${owner.uid}`,
      `--regid=${owner.gid}`,
      '--clear-groups',
      '--inh-caps=+dac_override',
      '--ambient-caps=+dac_override',
      // Without it, access(2) leaves capabilities out of account.
      '--securebits=+no_setuid_fixup',
    ],
    owner,
    setsId: false,
  };
  const runner = [plain, passing].find((candidate) => paths.every((path) => canReach(candidate, path)));
  if (runner) return runner;
  throw new Error(
    `Postgres cannot run as root, and the account "${account}" cannot reach ${paths.join(' or ')}: ` +
      'run as another user, or move the project and its DATA_DIR out of a closed folder such as /root.',
  );
}

function canReach(runner: Runner, path: string): boolean {
  const [command, ...args] = [...runner.prefix, 'test', '-x', path];
  const ids = runner.setsId && runner.owner ? runner.owner : {};
  return command !== undefined && spawnSync(command, args, { ...ids, cwd: '/' }).status === 0;
}

function exists(account: string): boolean {
  return spawnSync('id', ['-u', account]).status === 0;
}

function idOf(account: string, flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, account], { encoding: 'utf8' }));
}
