import type { Session } from './session.ts';
import { Unconfirmed } from './stopped.ts';

/** Goes on where `--yes` is given, or a person says so. Throws `Unconfirmed`. */
export async function confirmedBy(
  { terminal, isJson }: Session,
  yes: boolean | undefined,
  question: string,
): Promise<void> {
  if (yes) return;
  const canAsk = terminal.isInteractive && !isJson;
  if (canAsk && (await terminal.ask(question, false))) return;
  throw new Unconfirmed(canAsk ? 'nothing was done' : 'this wants to be confirmed: repeat it with --yes');
}
