import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Makes the folder and claims it for this process. The claim is a socket that this process listens on, so it ends
 * with the process, however that ends. Returns how to give it up; throws one line when another process has it.
 */
export async function claimDataFolder(dataDir: string): Promise<() => Promise<void>> {
  mkdirSync(dataDir, { recursive: true });
  const name = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 24);
  // Not in the folder itself: the path of a socket has at most some 100 characters.
  const path = join(tmpdir(), `remodel-${name}.sock`);
  const server = await listen(path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    if (await isAnswered(path)) {
      throw new Error(
        `The data folder ${dataDir} is in use by another start: stop that one, or set DATA_DIR.`,
      );
    }
    await rm(path, { force: true });
    return await listen(path);
  });
  return () => new Promise((done, fail) => server.close((error) => (error ? fail(error) : done())));
}

function listen(path: string): Promise<Server> {
  return new Promise((done, fail) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', fail);
    server.listen(path, () => done(server));
    server.unref();
  });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}
