import { WebSocket } from 'ws';
import type { Told } from './watcher-oracle.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

interface Frame {
  readonly type: string;
  readonly code?: string;
  readonly orderId: string;
  readonly status: string;
  readonly version: number;
}

/** A customer's page with the orders of its own. */
export interface Watcher {
  readonly told: readonly Told[];
  /** How often it has been connected. */
  readonly connections: number;
  readonly open: boolean;
  /** Codes of errors that it was told. */
  readonly errors: readonly string[];
  close(): void;
}

/** Connects, subscribes, and after each loss does so again with growing pauses, as the page of the console does. */
export function watchOrders(gateway: string, token: string): Watcher {
  const told: Told[] = [];
  const errors: string[] = [];
  let socket: WebSocket | undefined;
  let connections = 0;
  let wait = FIRST_PAUSE_MS;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  function connect(): void {
    const made = new WebSocket(`${gateway.replace(/^http/, 'ws')}/ws/orders`, [`bearer.${token}`]);
    socket = made;
    // It is closed after each error, and that is what counts.
    made.on('error', () => undefined);
    made.on('open', () => {
      connections++;
      wait = FIRST_PAUSE_MS;
      made.send(JSON.stringify({ type: 'subscribe', channel: 'me' }));
    });
    made.on('message', (data: Buffer) => {
      const { type, code, orderId, status, version } = JSON.parse(data.toString()) as Frame;
      if (type === 'order.status') told.push({ connection: connections, orderId, status, version });
      if (type === 'error') errors.push(code ?? '');
    });
    made.on('close', () => {
      if (closed) return;
      timer = setTimeout(connect, wait);
      wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
    });
  }

  connect();
  return {
    told,
    errors,
    get connections() {
      return connections;
    },
    get open() {
      return socket?.readyState === WebSocket.OPEN;
    },
    close() {
      closed = true;
      clearTimeout(timer);
      socket?.terminate();
    },
  };
}
