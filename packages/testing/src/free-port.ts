import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that outgoing connections are given (Linux: 32768 on, `ip_local_port_range`): one of those can be
 * taken by any connection before our listener is there.
 */
const FIRST = 21_000;
const LAST = 32_767;
const TRIES = 50;

/** A port of this loopback that nobody listens on now, and that no outgoing connection will be given. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < TRIES; tried++) {
    const port = randomInt(FIRST, LAST + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port from ${FIRST} to ${LAST} in ${TRIES} tries`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
