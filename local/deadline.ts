import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again until the answer is yes. False when it was not within `milliseconds`. */
export async function waitUntil(
  isSo: () => boolean | Promise<boolean>,
  milliseconds: number,
  pause = 20,
): Promise<boolean> {
  const end = Date.now() + milliseconds;
  while (!(await isSo())) {
    if (Date.now() >= end) return false;
    await sleep(pause);
  }
  return true;
}
