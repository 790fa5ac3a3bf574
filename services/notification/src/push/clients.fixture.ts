import { EventSource } from 'eventsource';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

export interface Frame {
  readonly type: string;
  readonly code?: string;
  readonly orderId?: string;
  readonly status?: string;
  readonly version?: number;
}

/** A WebSocket client that keeps what it is told. */
export async function socketClient(url: string, token: string, options: { autoPong?: boolean } = {}) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/orders`, [`bearer.${token}`], options);
  const frames: Frame[] = [];
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  socket.on('message', (data: Buffer) => void frames.push(JSON.parse(data.toString()) as Frame));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  onTestFinished(() => socket.terminate());
  return {
    socket,
    frames,
    closed,
    say: (message: object) => socket.send(JSON.stringify(message)),
    /** What it was told of an order, as `status@version`. */
    told: (orderId: string) =>
      frames
        .filter((one) => one.type === 'order.status' && one.orderId === orderId)
        .map(({ status, version }) => `${status}@${version}`),
  };
}

/** An EventSource that keeps what it is told. */
export function streamClient(url: string, events: readonly string[], token?: string, lastEventId?: string) {
  const told: { event: string; data: unknown; id: string }[] = [];
  const source = new EventSource(url, {
    fetch: (input, init) =>
      fetch(input, {
        ...init,
        headers: {
          ...(init?.headers as Record<string, string>),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(lastEventId === undefined || told.length > 0 ? {} : { 'last-event-id': lastEventId }),
        },
      } as RequestInit),
  });
  for (const event of events)
    source.addEventListener(event, ({ data, lastEventId: id }) => {
      told.push({ event, data: JSON.parse(data as string) as unknown, id });
    });
  onTestFinished(() => source.close());
  return { source, told };
}
