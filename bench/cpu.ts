import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second for programs, whatever its own clock is. */
const MILLISECONDS_PER_TICK = 10;

/** User and system time of a process and all its threads. */
export function cpuMilliseconds(pid: number): number {
  const fields = statOf(pid);
  return (Number(fields[11]) + Number(fields[12])) * MILLISECONDS_PER_TICK;
}

/** The same for a process and its children, those that have ended included. */
export function familyCpuMilliseconds(pid: number): number {
  const running = childrenOf(pid).map((child) => {
    try {
      return cpuMilliseconds(child);
    } catch {
      // It ended while it was looked at, and is among those by now.
      return 0;
    }
  });
  const fields = statOf(pid);
  const ended = (Number(fields[13]) + Number(fields[14])) * MILLISECONDS_PER_TICK;
  return running.reduce((sum, own) => sum + own, cpuMilliseconds(pid) + ended);
}

/** The children of this process that run a program of that name. */
export function childrenNamed(name: string): readonly number[] {
  return childrenOf(process.pid).filter((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === name);
}

function childrenOf(parent: number): readonly number[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.map(Number).filter((pid) => {
    try {
      return Number(statOf(pid)[1]) === parent;
    } catch {
      // It ended while it was looked at.
      return false;
    }
  });
}

/** The fields of /proc/PID/stat behind the name, which may itself hold spaces and brackets. */
function statOf(pid: number): readonly string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}
