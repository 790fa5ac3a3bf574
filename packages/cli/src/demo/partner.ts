import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface Partner {
  readonly url: string;
  /** What it needs to know to believe what it is told. */
  trust(secret: string): void;
  /** Events that it got and whose signature it verified. */
  readonly verified: readonly { readonly type: string; readonly about: string }[];
  close(): Promise<void>;
}

interface Body {
  readonly eventType: string;
  readonly partitionKey: string;
}

/** A partner's endpoint, as partners write it: the official library verifies, what does not verify is refused. */
export async function openPartner(): Promise<Partner> {
  const verified: { type: string; about: string }[] = [];
  let webhook: Webhook | undefined;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      try {
        const headers = request.headers as Record<string, string>;
        const event = webhook?.verify(Buffer.concat(parts).toString(), headers) as Body | undefined;
        if (event) verified.push({ type: event.eventType, about: event.partitionKey });
        response.writeHead(event ? 204 : 401).end();
      } catch {
        response.writeHead(401).end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    trust: (secret) => void (webhook = new Webhook(secret)),
    verified,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
