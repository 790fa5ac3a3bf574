import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { resolveBySystem } from './guarded-connect.ts';
import { createSender } from './sender.ts';

/** What one attempt meets at an endpoint that answers with these bytes. */
async function metAt(answer: string): Promise<string | undefined> {
  const endpoint = createServer((socket) => socket.on('data', () => socket.end(answer)));
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  const sender = createSender({ allowPrivate: true, resolve: resolveBySystem, timeoutMs: 2_000 });
  const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`;
  const signed = { eventId: 'E1', eventType: 'ping', deliveryId: 'D1', body: '{}' };
  const { error } = await sender.send({ ...signed, url, secrets: [Buffer.alloc(24)] });
  await sender.close();
  await new Promise((resolve) => endpoint.close(resolve));
  return error;
}

it.each(['220 mail.example ESMTP\r\n', 'HTTP/1.1 banana\r\n\r\n', 'HTTP/1.1 200 OK\r\nno header\r\n\r\n'])(
  'an answer of %j is said to be no HTTP, not that nothing was sent',
  async (answer) => expect(await metAt(answer)).toMatch(/^NOT_HTTP: /),
);
