import { EventSource } from 'eventsource';
import { WebSocket } from 'ws';
import { urlOf } from './stack.fixture.ts';

export interface Frame {
  readonly type: string;
  readonly code?: string;
  readonly orderId?: string;
  readonly status?: string;
  readonly version?: number;
}

/** `ws` as any client uses it, at the gateway. */
export async function openSocket(token: string, service?: string) {
  const ws = new WebSocket(`${urlOf(service).replace('http', 'ws')}/ws/orders`, [`bearer.${token}`]);
  const frames: Frame[] = [];
  const closed = new Promise<number>((resolve) => ws.once('close', resolve));
  ws.on('message', (data: Buffer) => void frames.push(JSON.parse(data.toString()) as Frame));
  await new Promise<void>((resolve, reject) => {
    ws.once('open', resolve);
    ws.once('error', reject);
  });
  ws.on('error', () => undefined);
  return {
    ...{ ws, frames, closed },
    say: (message: object) => ws.send(JSON.stringify(message)),
    told: (orderId: string) =>
      frames
        .filter((one) => one.type === 'order.status' && one.orderId === orderId)
        .map(({ status, version }) => `${status}@${version}`),
  };
}

export type OrderSocket = Awaited<ReturnType<typeof openSocket>>;

interface Told {
  readonly event: string;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface StreamOptions {
  readonly token?: string | undefined;
  /** Where to go on, as a page that was loaded anew says it. */
  readonly lastEventId?: string | undefined;
}

/** An EventSource that comes back by itself, with Last-Event-ID. */
export function openStream(
  path: string,
  events: readonly string[],
  { token, lastEventId }: StreamOptions = {},
) {
  const told: Told[] = [];
  const more = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }),
  };
  const source = new EventSource(urlOf() + path, {
    fetch: (input, init) => fetch(input, { ...init, headers: { ...more, ...init.headers } }),
  });
  for (const event of events)
    source.addEventListener(event, ({ data, lastEventId: id }) =>
      told.push({ event, id, data: JSON.parse(data as string) as Told['data'] }),
    );
  return { source, told };
}

export type Stream = ReturnType<typeof openStream>;
