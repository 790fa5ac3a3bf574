import { connect } from 'node:net';

const PATIENCE_MS = 1_000;

/** Sends bytes to a loopback port and returns the first answer; undefined where nobody answers within a second. */
export function exchange(port: number, request: Buffer): Promise<Buffer | undefined> {
  return new Promise((done) => {
    const socket = connect({ host: '127.0.0.1', port });
    const end = (answer?: Buffer): void => {
      socket.destroy();
      done(answer);
    };
    socket.setTimeout(PATIENCE_MS, () => end());
    socket.on('error', () => end());
    socket.on('close', () => end());
    socket.on('connect', () => socket.write(request));
    socket.on('data', end);
  });
}
