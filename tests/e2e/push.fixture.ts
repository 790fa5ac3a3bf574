import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { openSocket, openStream, type OrderSocket, type Stream } from './push-clients.fixture.ts';
import { urlOf } from './stack.fixture.ts';

/** A client of `/ws/orders` for one test. */
export async function socket(token: string, service?: string): Promise<OrderSocket> {
  const opened = await openSocket(token, service);
  onTestFinished(() => opened.ws.terminate());
  return opened;
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

/** An event stream for one test. */
export function stream(path: string, events: readonly string[], token?: string): Stream {
  const opened = openStream(path, events, { token });
  onTestFinished(() => opened.source.close());
  return opened;
}
