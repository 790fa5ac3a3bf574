import { EventSource } from 'eventsource';
import { onTestFinished } from 'vitest';
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
export async function socket(token: string, service?: string) {
  const ws = new WebSocket(`${urlOf(service).replace('http', 'ws')}/ws/orders`, [`bearer.${token}`]);
  const frames: Frame[] = [];
  const closed = new Promise<number>((resolve) => ws.once('close', resolve));
  ws.on('message', (data: Buffer) => void frames.push(JSON.parse(data.toString()) as Frame));
  await new Promise<void>((resolve, reject) => {
    ws.once('open', resolve);
    ws.once('error', reject);
  });
  ws.on('error', () => undefined);
  onTestFinished(() => ws.terminate());
  return {
    ...{ ws, frames, closed },
    say: (message: object) => ws.send(JSON.stringify(message)),
    told: (orderId: string) =>
      frames
        .filter((one) => one.type === 'order.status' && one.orderId === orderId)
        .map(({ status, version }) => `${status}@${version}`),
  };
}

/** Why an upgrade is refused: status, media type, code. */
export function refusedUpgrade(
  headers: Readonly<Record<string, string>>,
  query = '',
  service?: string,
): Promise<[number | undefined, string | undefined, string]> {
  const ws = new WebSocket(`${urlOf(service).replace('http', 'ws')}/ws/orders${query}`, { headers });
  ws.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    ws.once('open', () => {
      ws.terminate();
      reject(new Error('it was let in'));
    });
    ws.once('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (part: Buffer) => (body += part.toString()));
      response.on('end', () => {
        const { code } = JSON.parse(body) as { code: string };
        resolve([response.statusCode, response.headers['content-type']?.split(';')[0], code]);
      });
    });
  });
}

interface Told {
  readonly event: string;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An EventSource that comes back by itself, with Last-Event-ID. */
export function stream(path: string, events: readonly string[], token?: string) {
  const told: Told[] = [];
  const source = new EventSource(urlOf() + path, {
    fetch: (input, init) =>
      fetch(input, {
        ...init,
        headers: { ...init.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      }),
  });
  for (const event of events)
    source.addEventListener(event, ({ data, lastEventId }) =>
      told.push({ event, id: lastEventId, data: JSON.parse(data as string) as Told['data'] }),
    );
  onTestFinished(() => source.close());
  return { source, told };
}
