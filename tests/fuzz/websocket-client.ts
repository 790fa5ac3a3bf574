import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { Attack } from './websocket-attacks.ts';
import { framesIn, type ReadFrame } from './websocket-frames.ts';

const PATIENCE_MS = 20_000;
const HEAD_END = '\r\n\r\n';

export interface Door {
  /** http URL of the gateway or of the service. */
  readonly url: string;
  readonly path: string;
  readonly bearer: string;
}

/**
 * Upgrades a connection, sends an attack, says that nothing more comes, and resolves with the frames that came back when
 * the other side has hung up, too.
 */
export function throwAt({ url, path, bearer }: Door, { bytes, early, cut }: Attack): Promise<ReadFrame[]> {
  const { hostname, port, host } = new URL(url);
  const request = [
    `GET ${path} HTTP/1.1`,
    `host: ${host}`,
    ...['connection: Upgrade', 'upgrade: websocket', 'sec-websocket-version: 13'],
    `sec-websocket-key: ${randomBytes(16).toString('base64')}`,
    `authorization: Bearer ${bearer}`,
  ].join('\r\n');
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(port), host: hostname, noDelay: true });
    const parts: Buffer[] = [];
    let upgraded = false;
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('neither answered nor closed')));
    socket.write(Buffer.concat([Buffer.from(request + HEAD_END), bytes.subarray(0, early)]));
    socket.on('data', (part: Buffer) => {
      parts.push(part);
      if (upgraded || !Buffer.concat(parts).includes(HEAD_END)) return;
      upgraded = true;
      const middle = early + cut;
      socket.write(bytes.subarray(early, middle));
      setImmediate(() => socket.end(bytes.subarray(Math.max(early, middle))));
    });
    socket.once('error', reject);
    socket.once('close', () => {
      const answer = Buffer.concat(parts);
      const head = answer.indexOf(HEAD_END);
      if (!answer.subarray(0, head).toString('latin1').startsWith('HTTP/1.1 101 '))
        reject(new Error(`not upgraded: ${answer.toString('latin1').slice(0, 500)}`));
      else resolve([...framesIn(answer.subarray(head + HEAD_END.length))]);
    });
  });
}
