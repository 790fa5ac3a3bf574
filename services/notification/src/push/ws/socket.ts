import type { WebSocket } from 'ws';
import type { Log } from '@tradewind/outbox/logger.ts';
import type { Connection, Connections } from '#push/connections.ts';
import type { Cut, PushMetrics } from '#push/push-metrics.ts';
import { readMessage } from './client-messages.ts';
import { messageRate } from './message-rate.ts';
import type { OrderClient } from './order-client.ts';

export interface SocketLimits {
  /** Bytes that wait for a client before it counts as too slow. */
  readonly maxBuffered: number;
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
}

export interface SocketOptions {
  readonly limits: SocketLimits;
  readonly connections: Connections;
  readonly metrics: PushMetrics;
  readonly log: Log;
  readonly storeId: string;
  readonly bearer: string;
  readonly expiresAt: number;
  client(send: (frame: Buffer) => void): OrderClient;
}

/** Close codes of this service; 1009 (too big), 1002 and 1007 (not WebSocket, not UTF-8) are the library's. */
export const CLOSE = {
  stopping: [1001, 'the service stops; connect again'],
  binary: [1003, 'text frames only'],
  rate: [1008, 'too many messages'],
  slow: [1013, 'too slow; connect again'],
  expired: [4401, 'the token has expired'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

/** For the closing handshake; then the connection is ended without it. */
const GRACE_MS = 3_000;

const errorFrame = (code: string): Buffer => Buffer.from(JSON.stringify({ type: 'error', code }));

/** One client's connection: frames in, frames out, and when it ends. */
export function serveSocket(socket: WebSocket, options: SocketOptions): void {
  const { limits, connections, metrics, log } = options;
  const verdict = messageRate(limits.messagesPerSecond, limits.messageBurst);
  let alive = true;
  let closing = false;

  function close(why: keyof typeof CLOSE): void {
    if (closing) return;
    closing = true;
    const [code, reason] = CLOSE[why];
    socket.close(code, reason);
    setTimeout(() => socket.terminate(), GRACE_MS).unref();
  }

  function cut(why: Cut & keyof typeof CLOSE): void {
    if (!closing) metrics.cut('ws', why);
    close(why);
  }

  function send(frame: Buffer): void {
    if (closing || socket.readyState !== socket.OPEN) return;
    socket.send(frame, { binary: false });
    if (socket.bufferedAmount > limits.maxBuffered) cut('slow');
  }

  const client = options.client(send);
  const connection: Connection = {
    kind: 'ws',
    storeId: options.storeId,
    bearer: options.bearer,
    expiresAt: options.expiresAt,
    beat() {
      if (alive) {
        alive = false;
        socket.ping();
      } else if (socket.bufferedAmount > 0) cut('slow');
      else {
        metrics.cut('ws', 'dead');
        socket.terminate();
      }
    },
    end(why) {
      if (why === 'expired') cut('expired');
      else close('stopping');
    },
  };

  socket.on('pong', () => {
    alive = true;
  });
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    alive = true;
    if (closing) return;
    if (isBinary) return close('binary');
    const allowed = verdict(performance.now());
    if (allowed === 'cut') return cut('rate');
    if (allowed === 'refused') return send(errorFrame('RATE_LIMITED'));
    const message = readMessage(data.toString('utf8'));
    if (typeof message === 'string') return send(errorFrame(message));
    client.handle(message).catch((error: unknown) => {
      log.error({ err: error }, 'a client was not served');
      socket.terminate();
    });
  });
  socket.on('close', () => {
    closing = true;
    connections.remove(connection);
    client.close();
  });
  connections.add(connection);
}
