import { WebSocket } from 'ws';
import { atATime, spread } from './at-a-time.ts';
import type { Clients } from './client-process.ts';

interface Client {
  readonly customer: number;
  readonly url: string;
  readonly token: string;
  readonly from: string;
  socket: WebSocket | undefined;
  connectedAt: number;
  readonly orders: Map<string, { status: string; version: number }>;
}

interface Message {
  readonly type: string;
  readonly code?: string;
  readonly orderId: string;
  readonly status: string;
  readonly version: number;
  readonly occurredAt: string;
}

const AT_ONCE = 50;
const SETTLED_MS = 2_000;
/** An order of the benchmark lives so: whoever is connected all the time is told each of these. */
const LIFE: readonly string[] = ['PENDING', 'PAYMENT_PENDING', 'PAID'];

/** WebSocket clients that watch their customer's orders. */
export function socketClients(): Clients {
  const all: Client[] = [];
  const gaps: string[] = [];
  let latencies: number[] = [];
  let messages = 0;
  let reconnections = 0;

  function note(client: Client, message: Message): void {
    if (message.type === 'error') gaps.push(`error ${message.code}`);
    if (message.type !== 'order.status') return;
    messages++;
    const { orderId, status, version, occurredAt } = message;
    const known = client.orders.get(orderId);
    const live = Date.parse(occurredAt) > client.connectedAt;
    if (known && version < known.version) gaps.push(`${orderId}: ${known.version} before ${version}`);
    const expected = LIFE[LIFE.indexOf(known?.status ?? '') + 1];
    // What comes right after a connection may be its first message about an order, which skips the past.
    const settled = Date.parse(occurredAt) > client.connectedAt + SETTLED_MS;
    if (settled && known?.version !== version && status !== expected)
      gaps.push(`${orderId}: ${status} after ${known?.status ?? 'nothing'}`);
    client.orders.set(orderId, { status, version });
    if (live) latencies.push(Date.now() - Date.parse(occurredAt));
  }

  function open(client: Client): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`${client.url.replace('http', 'ws')}/ws/orders`, {
        headers: { authorization: `Bearer ${client.token}` },
        localAddress: client.from,
        perMessageDeflate: false,
      });
      client.socket = socket;
      socket.once('error', reject);
      socket.once('open', () => socket.send('{"type":"subscribe","channel":"me"}'));
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as Message;
        if (message.type === 'subscribed') {
          client.connectedAt = Date.now();
          resolve();
        } else note(client, message);
      });
    });
  }

  async function again(client: Client): Promise<void> {
    client.socket?.terminate();
    reconnections++;
    await open(client);
  }

  return {
    async connect({ urls, tokens, clients, from }) {
      for (let at = 0; at < clients; at++) {
        const customer = at % tokens.length;
        const url = urls[at % urls.length]!;
        all.push({
          customer,
          url,
          token: tokens[customer]!,
          from,
          socket: undefined,
          connectedAt: 0,
          orders: new Map(),
        });
      }
      await atATime(all, AT_ONCE, open);
    },
    async reconnect(share, seconds) {
      await spread(all, share, seconds, again);
    },
    forgetLatencies() {
      latencies = [];
    },
    report() {
      const held = Map.groupBy(all, ({ customer }) => customer);
      const statuses = [...held.keys()]
        .sort((a, b) => a - b)
        .map((customer) => {
          const lines = held.get(customer)!.map(({ orders }) =>
            [...orders]
              .map(([id, { status }]) => `${id} ${status}`)
              .sort()
              .join('\n'),
          );
          return [...new Set(lines)];
        });
      const openNow = all.filter(({ socket }) => socket?.readyState === WebSocket.OPEN).length;
      return {
        clients: all.length,
        open: openNow,
        messages,
        reconnections,
        latencies,
        gaps,
        statuses,
        lastIds: [],
      };
    },
  };
}
