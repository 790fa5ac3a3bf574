import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Broken } from '#chaos/checks.ts';
import type { Heard } from './partner-oracle.ts';

export const ENDPOINTS = ['steady', 'moody'] as const;
export type EndpointName = (typeof ENDPOINTS)[number];

export interface Partner {
  url(endpoint: EndpointName): string;
  /** The secret of the endpoint's subscription: what it did not sign is refused, and a violation. */
  trust(endpoint: EndpointName, secret: string): void;
  /** In the order in which they came. */
  heard(endpoint: EndpointName): readonly Heard[];
  readonly surprises: readonly Broken[];
  close(): Promise<void>;
}

interface Body {
  readonly eventId: string;
  readonly partitionKey: string;
  readonly aggregateVersion: number;
}

/** Of the webhooks to the moody endpoint these fail at first, once or twice. */
const MOODY = 0.2;

/** A partner with two endpoints: one answers as it should, one fails now and then. */
export async function openPartner(random: () => number, moody = MOODY): Promise<Partner> {
  const heard: Record<EndpointName, Heard[]> = { steady: [], moody: [] };
  const webhooks = new Map<string, Webhook>();
  const surprises: Broken[] = [];
  const failures = new Map<string, number>();
  const bodies = new Map<string, string>();

  function answerTo(endpoint: EndpointName, id: string): number {
    if (endpoint === 'steady') return 204;
    const left = failures.get(id) ?? (random() < moody ? 1 + Math.floor(random() * 2) : 0);
    failures.set(id, left - 1);
    return left > 0 ? 503 : 204;
  }

  function take(endpoint: EndpointName, headers: Record<string, string>, text: string): number {
    let body: Body;
    try {
      body = webhooks.get(endpoint)?.verify(text, headers) as Body;
    } catch (error) {
      surprises.push({ rule: 'signature', subject: endpoint, what: String(error) });
      return 401;
    }
    const { eventId, partitionKey: key, aggregateVersion: version } = body;
    const id = headers['webhook-id'] ?? '';
    const digest = createHash('sha256').update(text).digest('hex');
    const unlike = (bodies.get(id) ?? digest) !== digest;
    bodies.set(id, digest);
    if (unlike || id !== eventId)
      surprises.push({ rule: 'webhook-id', subject: id, what: `names another body or event (${eventId})` });
    const status = answerTo(endpoint, id);
    heard[endpoint].push({ eventId, key, version, status });
    return status;
  }

  const server = createServer((request, response) => {
    const endpoint = ENDPOINTS.find((name) => request.url === `/${name}`);
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString();
      response
        .writeHead(endpoint ? take(endpoint, request.headers as Record<string, string>, text) : 404)
        .end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (endpoint) => `http://127.0.0.1:${port}/${endpoint}`,
    trust: (endpoint, secret) => void webhooks.set(endpoint, new Webhook(secret)),
    heard: (endpoint) => heard[endpoint],
    surprises,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
