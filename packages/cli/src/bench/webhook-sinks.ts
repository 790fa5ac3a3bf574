import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What an endpoint got of one resource: versions in the order of their first arrival. */
type Seen = Map<string, { last: number; count: number }>;

interface Body {
  readonly occurredAt: string;
  readonly partitionKey: string;
  readonly aggregateVersion: number;
  readonly payload: { readonly reason?: string };
}

/** Of the adjustments that are counted. */
export const BENCH_REASON = 'BENCH';

export interface WebhookSinks {
  url(endpoint: number): string;
  /** Events that each endpoint which answers has got, each counted once. */
  readonly got: readonly number[];
  /** Those that came after a later one of their resource. */
  readonly disordered: number;
  close(): Promise<void>;
}

/** Partners' endpoints on the loopback: some answer at once, the others never. */
export async function openSinks(
  endpoints: number,
  hangs: (endpoint: number) => boolean,
  onFirst: (ms: number) => void,
): Promise<WebhookSinks> {
  const got = Array.from({ length: endpoints }, () => 0);
  const seen: Seen[] = got.map(() => new Map());
  let disordered = 0;

  function take(endpoint: number, text: string): void {
    const { occurredAt, partitionKey, aggregateVersion, payload } = JSON.parse(text) as Body;
    // The stock that the products were given just before.
    if (payload.reason !== BENCH_REASON) return;
    const known = seen[endpoint]?.get(partitionKey) ?? { last: 0, count: 0 };
    // The same again is allowed, an older one than the last is not.
    if (aggregateVersion === known.last) return;
    if (aggregateVersion < known.last) disordered++;
    seen[endpoint]?.set(partitionKey, { last: aggregateVersion, count: known.count + 1 });
    got[endpoint] = (got[endpoint] ?? 0) + 1;
    onFirst(Math.max(performance.timeOrigin + performance.now() - Date.parse(occurredAt), 0));
  }

  const server = createServer((request, response) => {
    const endpoint = Number(request.url?.slice(1));
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (hangs(endpoint)) return;
      response.writeHead(204).end();
      take(endpoint, Buffer.concat(parts).toString());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (endpoint) => `http://127.0.0.1:${port}/${endpoint}`,
    got,
    get disordered() {
      return disordered;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
