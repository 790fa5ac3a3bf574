import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { openGateway, startGateway } from './gateway.fixture.ts';

/** A service that speaks WebSocket and SSE; what it is asked over HTTP `answer` says. */
async function pushingService(answer: RequestListener = (_request, response) => response.end()) {
  const server = createServer(answer);
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'chosen' });
  const seen: { closes: number[]; headers: Record<string, unknown>[] } = { closes: [], headers: [] };
  server.on('upgrade', (request, socket, head) => {
    seen.headers.push(request.headers);
    if (request.url === '/ws/refused') {
      socket.end(
        'HTTP/1.1 401 Unauthorized\r\ncontent-type: application/problem+json\r\ncontent-length: 2\r\n\r\n{}',
      );
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
      ws.on('close', (code) => seen.closes.push(code));
      ws.on('message', (data: Buffer, isBinary) =>
        data.toString() === 'cut me' ? ws.close(1013, 'slow') : ws.send(data, { binary: isBinary }),
      );
      ws.send('hello');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const ws of sockets.clients) ws.terminate();
    server.closeAllConnections();
    server.close();
  });
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function dial(url: string) {
  const ws = new WebSocket(url.replace('http', 'ws'), ['one', 'chosen'], { origin: 'https://shop.example' });
  const messages: string[] = [];
  ws.on('message', (data: Buffer) => messages.push(data.toString()));
  ws.on('error', () => undefined);
  onTestFinished(() => ws.terminate());
  const closed = new Promise<[number, string]>((resolve) =>
    ws.once('close', (code, reason: Buffer) => resolve([code, reason.toString()])),
  );
  const refused = new Promise<[number | undefined, string | undefined]>((resolve) =>
    ws.once('unexpected-response', (_request, { statusCode, headers }) =>
      resolve([statusCode, headers['content-type']]),
    ),
  );
  return { ws, messages, closed, refused, opened: new Promise((resolve) => ws.once('open', resolve)) };
}

const next = (ws: WebSocket) => new Promise<void>((resolve) => ws.once('message', () => resolve()));

describe('a WebSocket', () => {
  it('passes frames, protocols, headers and close codes as they are', async () => {
    const service = await pushingService();
    const gateway = await startGateway({ notification: service.url });
    const { ws, messages, closed, opened } = dial(`${gateway}/ws/orders`);
    await opened;
    expect(ws.protocol).toBe('chosen');
    const large = 'x'.repeat(300_000);
    ws.send(large);
    while (messages.length < 2) await next(ws);
    expect(messages).toEqual(['hello', large]);
    ws.send('cut me');
    expect(await closed).toEqual([1013, 'slow']);
    expect(service.seen.headers[0]).toMatchObject({
      ...{ origin: 'https://shop.example', 'sec-websocket-protocol': 'one,chosen' },
      'x-forwarded-for': '127.0.0.1',
    });
  });

  it('is refused as the service refuses it, and with 503 while that is away', async () => {
    const service = await pushingService();
    const gateway = await startGateway({ notification: service.url });
    expect(await dial(`${gateway}/ws/refused`).refused).toEqual([401, 'application/problem+json']);
    const nobody = await startGateway({ notification: 'http://127.0.0.1:1' });
    expect((await dial(`${nobody}/ws/orders`).refused)[0]).toBe(503);
    const plain = await fetch(`${gateway}/ws/orders`);
    expect([plain.status, plain.headers.get('upgrade')]).toEqual([426, 'websocket']);
  });

  it('ends with 1001 when the gateway stops', async () => {
    const service = await pushingService();
    const app = await openGateway({ notification: service.url }, 2_000);
    const client = dial(`${await app.listen({ host: '127.0.0.1', port: 0 })}/ws/orders`);
    await client.opened;
    const stopped = app.close();
    expect((await client.closed)[0]).toBe(1001);
    await stopped;
    expect(service.seen.closes).toEqual([1001]);
  });
});

describe('a stream', () => {
  const headers = { accept: 'text/event-stream' };

  it('goes on for longer than any deadline, and is broken off when the gateway stops', async () => {
    const service = await pushingService((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('id: 1\n\n');
      setTimeout(() => response.write('id: 2\n\n'), 700);
    });
    const app = await openGateway({ notification: service.url }, 300);
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const reply = await fetch(`${url}/sse/orders`, { headers });
    const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe('id: 1\n\n');
    expect((await reader.read()).value).toBe('id: 2\n\n');
    const rest = reader.read().then(
      () => 'ended',
      () => 'broken off',
    );
    await app.close();
    expect(await rest).toBe('broken off');
  });

  it('tells an EventSource to come again where others get a 503', async () => {
    const starting = await pushingService((_request, response) => response.writeHead(503).end('{}'));
    for (const url of [starting.url, 'http://127.0.0.1:1']) {
      const gateway = await startGateway({ notification: url });
      const reply = await fetch(`${gateway}/sse/orders`, { headers });
      expect([reply.status, await reply.text()]).toEqual([200, 'retry: 1000\n\n']);
      expect((await fetch(`${gateway}/sse/orders`)).status).toBe(503);
    }
  });
});
