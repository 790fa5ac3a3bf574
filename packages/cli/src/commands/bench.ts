import { defineCommand } from 'citty';
import { SetupError } from '@tradewind/native/run.ts';
import { numberOf, UsageError } from '#arguments.ts';
import type { Benchmark, Stage } from '#bench/benchmark.ts';
import { reportTable } from '#bench/report-table.ts';
import { type RunOptions, runBenchmark } from '#bench/run-benchmark.ts';
import { places } from '#places.ts';
import { requestToken } from '#token.ts';
import { readEndpoints } from '#up/endpoints.ts';

/** Loaded when asked for: a benchmark brings its own clients. */
const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  orders: async () => (await import('#bench/orders.ts')).orders,
  checkout: async () => (await import('#bench/checkout.ts')).checkout,
  cart: async () => (await import('#bench/cart.ts')).cart,
  flash: async () => (await import('#bench/flash.ts')).flash,
  reserve: async () => (await import('#bench/reserve.ts')).reserve,
  adjust: async () => (await import('#bench/adjust.ts')).adjust,
  outbox: async () => (await import('#bench/outbox.ts')).outbox,
  'product-read': async () => (await import('#bench/reads.ts')).productRead,
  'product-list': async () => (await import('#bench/reads.ts')).productList,
  graphql: async () => (await import('#bench/graphql.ts')).graphql,
  push: async () => (await import('#bench/push.ts')).push,
  mqtt: async () => (await import('#bench/mqtt.ts')).mqtt,
  pricing: async () => (await import('#bench/pricing.ts')).pricing,
  search: async () => (await import('#bench/search.ts')).search,
  replay: async () => (await import('#bench/replay.ts')).replay,
  stream: async () => (await import('#bench/stream.ts')).stream,
  webhooks: async () => (await import('#bench/webhooks.ts')).webhooks,
};

/** Measures twice, with the work of an hour in between: it has a table of its own. */
const HISTORY = 'history';
const names = [...Object.keys(benchmarks), HISTORY].join(', ');

export default defineCommand({
  meta: { name: 'bench', description: `Measures the running stack: ${names}` },
  args: {
    name: { type: 'positional', description: 'which benchmark', required: true },
    json: { type: 'boolean', default: false, description: 'the report as JSON on stdout' },
    runs: { type: 'string', default: '3', description: 'counted runs' },
    seconds: { type: 'string', default: '10', description: 'length of a run' },
    'warm-up': {
      type: 'string',
      default: '20',
      description: 'seconds before the first run: Node compiles under load',
    },
    clients: { type: 'string', description: 'push: clients of each kind, in place of 10,000' },
    store: { type: 'string', default: 'postgres', description: 'replay: postgres, redis or cassandra' },
    orders: { type: 'string', default: '1000000', description: 'history: so many stand in the tables' },
    scale: { type: 'string', default: '1', description: 'fraction of the documented load, for a smoke test' },
  },
  async run({ args }) {
    const load = benchmarks[args.name];
    if (!load && args.name !== HISTORY) throw new UsageError(`no benchmark ${args.name}; there are ${names}`);
    const { home } = places();
    const endpoints = await readEndpoints(home);
    if (!endpoints) throw new SetupError('no stack is running', './tw up');
    const stage: Stage = {
      endpoints,
      home,
      scale: numberOf('scale', args.scale),
      store: storeOf(args.store),
      ...(args.clients === undefined ? {} : { clients: numberOf('clients', args.clients) }),
      say: (line) => process.stderr.write(`  ${line}\n`),
      token: (sub, roles, storeId = 'STORE-1') =>
        requestToken(endpoints.services['identity']!, endpoints.serviceKey, {
          sub,
          roles: [...roles],
          storeId,
          ttlSeconds: 7_200,
        }),
    };
    const options: RunOptions = {
      runs: numberOf('runs', args.runs),
      seconds: numberOf('seconds', args.seconds),
      warmUpSeconds: numberOf('warm-up', args['warm-up']),
    };
    const print = <R>(report: R, table: (report: R) => string): void =>
      void process.stdout.write(`${args.json ? JSON.stringify(report, null, 2) : table(report)}\n`);
    if (load) return print(await runBenchmark(await load(), stage, options), reportTable);
    const { benchHistory, historyTable } = await import('#bench/history.ts');
    const orders = numberOf('orders', args.orders);
    print(await benchHistory(stage, { ...options, orders }), historyTable);
  },
});

function storeOf(text: string): 'postgres' | 'redis' | 'cassandra' {
  if (text === 'postgres' || text === 'redis' || text === 'cassandra') return text;
  throw new UsageError(`--store ${text}: there are postgres, redis and cassandra`);
}
