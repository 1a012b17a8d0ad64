import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./guard-process.ts', import.meta.url));

let guardProcess: ChildProcess | undefined;

/**
 * Has a process stopped if this one dies without doing so, even by SIGKILL: a small process beside it waits for
 * the end of its own input. Returns how to let go of it.
 */
export function guard(pid: number, signal: 'SIGINT' | 'SIGTERM'): () => void {
  guardProcess ??= startGuard();
  const { stdin } = guardProcess;
  stdin?.write(`watch ${pid} ${signal}\n`);
  return () => {
    stdin?.write(`forget ${pid}\n`);
  };
}

function startGuard(): ChildProcess {
  const started = spawn(process.execPath, [PROGRAM], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  });
  // It must not keep this process alive: its end is ours.
  started.unref();
  const { stdin } = started;
  if (stdin && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  stdin?.on('error', (error) => console.error(`The guard of the child processes is gone: ${error.message}`));
  started.on('error', (error) =>
    console.error(`The guard of the child processes did not start: ${error.message}`),
  );
  return started;
}
