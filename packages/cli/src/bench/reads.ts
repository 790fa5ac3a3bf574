import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import type { Benchmark } from '#bench/benchmark.ts';
import { makeCatalog } from '#bench/catalog.ts';

const CONNECTIONS = 32;
const READERS = 50;

interface Burst {
  readonly rate: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly done: number;
}

/** As many GETs as the server answers on a few kept-alive connections. */
async function burst(
  url: string,
  paths: readonly string[],
  tokens: readonly string[],
  seconds: number,
): Promise<Burst> {
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    requests: Array.from({ length: Math.max(paths.length, tokens.length) }, (_, at) => ({
      method: 'GET' as const,
      path: paths[at % paths.length]!,
      headers: { authorization: `Bearer ${tokens[at % tokens.length]!}` },
    })),
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${result.non2xx} answers were not 2xx, ${result.errors} requests failed`);
  }
  const { p50, p97_5, p99 } = result.latency;
  return { rate: result['2xx'] / result.duration, p50, p95: p97_5, p99, done: result['2xx'] };
}

/** A bare fastify route in a process of its own: what the framework alone can do here and now. */
async function bareServer(): Promise<{ url: string; process: ChildProcess }> {
  const child = fork(fileURLToPath(new URL('./bare-server.ts', import.meta.url)));
  const [port] = (await once(child, 'message')) as [number];
  return { url: `http://127.0.0.1:${port}`, process: child };
}

function reads(
  name: string,
  what: string,
  target: string,
  pathsOf: (productIds: readonly string[]) => string[],
  products: number,
): Benchmark {
  return {
    name,
    what: `${what}, ${CONNECTIONS} connections, beside a bare fastify route in the same run`,
    unit: 'read',
    target,
    async prepare(stage) {
      const { productIds } = await makeCatalog(stage, products, 100);
      const url = stage.endpoints.services['product']!;
      const paths = pathsOf(productIds);
      // Readers that are told apart: one alone would meet its rate limit.
      const tokens = await Promise.all(
        Array.from({ length: READERS }, (_, reader) => stage.token(`reader-${reader}`, ['CUSTOMER'])),
      );
      const bare = await bareServer();
      const size = (await (await fetch(`${url}${paths[0]!}`)).text()).length;
      return {
        async run(seconds) {
          const half = Math.max(1, Math.round(seconds / 2));
          const ours = await burst(url, paths, tokens, half);
          const theirs = await burst(bare.url, [`/${size}`], tokens, half);
          const { p50, p95, p99, done } = ours;
          return {
            done,
            seconds: done / ours.rate,
            ...{ p50, p95, p99 },
            extra: {
              'of a bare route': `${((ours.rate / theirs.rate) * 100).toFixed(0)} %   (${theirs.rate.toFixed(0)}/s with a body of the same ${size} bytes)`,
            },
          };
        },
        async check() {
          const answers = await Promise.all(paths.slice(0, 20).map((path) => fetch(`${url}${path}`)));
          if (answers.some(({ status }) => status !== 200)) throw new Error('a product is not read');
          return 'every answer was 200';
        },
        async close() {
          bare.process.kill('SIGTERM');
        },
      };
    },
  };
}

export const productRead = reads(
  'product-read',
  'GET /products/{id}, 500 products, cached',
  'p95 < 200 ms; aim ≥ 50 % of a bare route',
  (productIds) => productIds.map((id) => `/api/v1/products/${id}`),
  500,
);

export const productList = reads(
  'product-list',
  'GET /products?limit=20',
  'p95 < 250 ms; aim ≥ 30 % of a bare route',
  () => ['/api/v1/products?limit=20'],
  50,
);
