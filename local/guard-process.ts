/** The program behind `guard`: it stops what was named to it as soon as its input ends. Run by guard.ts only. */
import { createInterface } from 'node:readline';

const watched = new Map<number, 'SIGINT' | 'SIGTERM'>();

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, pid, signal] = line.split(' ');
  if (verb === 'watch') watched.set(Number(pid), signal === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
  else watched.delete(Number(pid));
}

for (const [pid, signal] of watched) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!isGone) console.error(`Process ${pid} could not be stopped:`, error);
  }
}
