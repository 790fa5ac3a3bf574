import type { FastifyReply, FastifyRequest } from 'fastify';
import { bearerOf, expiryOf } from '@tradewind/service/bearer.ts';
import { leaveQueue } from '@tradewind/service/http.ts';
import type { Connection, Connections } from '#push/connections.ts';
import type { PushMetrics } from '#push/push-metrics.ts';

export interface StreamOptions {
  readonly connections: Connections;
  readonly metrics: PushMetrics;
  /** Bytes that wait for a client before it counts as too slow. */
  readonly maxBuffered: number;
  /** What clients are told to wait before they connect again. */
  readonly retryMs: number;
}

/** A client of an SSE route. */
export interface EventStream {
  readonly closed: boolean;
  /** Sends what eventOf has made, as bytes where many clients get the same; nothing once it is closed. */
  send(text: string | Buffer): void;
  onClose(listener: () => void): void;
}

/** One event as it is sent. `data` is JSON text, so it has no line break. */
export const eventOf = (event: string, data: string, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;

/** Moves the client's Last-Event-ID without an event. */
export const placeOf = (id: string): string => `id: ${id}\n\n`;

/** Tells a client that something may be missing between what it knew and what comes now. */
export const resetEvent = (reason: 'UNKNOWN_ID' | 'HISTORY_LOST'): string =>
  eventOf('reset', JSON.stringify({ reason }));

/** What every line of a client's own may be ignored by: it keeps proxies from closing the connection. */
const HEARTBEAT = ': still here\n\n';

/** For what is still to be sent when a stream ends. */
const GRACE_MS = 3_000;
const MEDIA_TYPE = 'text/event-stream; charset=utf-8';

/** HEAD: what a stream would begin with. */
export const sayHead = (reply: FastifyReply): FastifyReply => reply.header('content-type', MEDIA_TYPE).send();

/** Turns a reply into an event stream. Headers that hooks have set go with it. */
export function openEventStream(
  request: FastifyRequest,
  reply: FastifyReply,
  storeId: string,
  { connections, metrics, maxBuffered, retryMs }: StreamOptions,
): EventStream {
  connections.requireRoom();
  leaveQueue(reply);
  const headers = reply.getHeaders();
  reply.hijack();
  const { raw } = reply;
  // The stream ends with its connection, so it needs no framing: each event is one write of shared bytes.
  raw.useChunkedEncodingByDefault = false;
  raw.writeHead(200, {
    ...(headers as Record<string, string>),
    'content-type': MEDIA_TYPE,
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    // Nothing comes after a stream: kept alive, its connection would hold up the end of the process.
    connection: 'close',
  });
  raw.write(`retry: ${retryMs}\n\n`);
  const bearer = bearerOf(request);
  let closed = false;

  function send(text: string | Buffer): void {
    if (closed) return;
    raw.write(text);
    if (raw.writableLength <= maxBuffered) return;
    metrics.cut('sse', 'slow');
    raw.destroy();
  }

  const connection: Connection = {
    kind: 'sse',
    storeId,
    bearer,
    expiresAt: bearer === undefined ? Infinity : expiryOf(bearer),
    beat: () => send(HEARTBEAT),
    end(why) {
      if (why === 'expired') metrics.cut('sse', 'expired');
      raw.end();
      setTimeout(() => raw.destroy(), GRACE_MS).unref();
    },
  };
  connections.add(connection);
  raw.on('close', () => {
    closed = true;
    connections.remove(connection);
  });
  // A client that resets its connection is one that has gone.
  raw.on('error', () => raw.destroy());
  return {
    get closed() {
      return closed;
    },
    send,
    onClose: (listener) => void raw.on('close', listener),
  };
}
