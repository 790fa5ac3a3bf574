import { encode } from '@tradewind/contracts/codec.ts';
import { toDecimal, fromDecimal } from '@tradewind/contracts/decimal.ts';
import { type AnyEvent, makeEvent } from '@tradewind/contracts/event.ts';
import { createSchemaRegistry } from '@tradewind/contracts/registry.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import type { OutgoingMessage } from '@tradewind/messaging/broker.ts';
import { liveVersion } from '@tradewind/outbox/live-version.ts';
import { projection } from '@tradewind/outbox/projection.ts';
import { rebuild } from '@tradewind/outbox/rebuild.ts';
import type { StoreLayout } from '@tradewind/outbox/store-layout.ts';
import { openDatabase } from '@tradewind/postgres/database.ts';
import { openStores } from '@tradewind/projection-stores/open-stores.ts';
import type { Benchmark, Stage } from '#bench/benchmark.ts';
import { makeScratch } from '#bench/scratch.ts';

const EVENTS = 1_000_000;
const CREATED = 'ecommerce.order.order.created.v1';
const PENDING = 'ecommerce.order.order.payment_pending.v1';
const PAID = 'ecommerce.order.order.paid.v1';
export const PER_ORDER = 3;

interface Row {
  order_id: string;
  user_id: string;
  status: string;
  total_minor: number;
  created_at: string;
  version: number;
}

const table = `
  create table bench_orders_v1 (store_id text not null, order_id text not null, user_id text not null, status text not null,
    total_minor bigint not null, created_at timestamptz not null, version integer not null, versions jsonb not null,
    primary key (store_id, order_id));
  create index on bench_orders_v1 (store_id, user_id, order_id desc);
  call tradewind_isolate('bench_orders_v1');
  create view bench_orders with (security_invoker = true) as select * from bench_orders_v1;
  insert into projections (name, version, state) values ('bench_orders', 1, 'live')`;

/** The runtime of `tw replay` on a log of its own, with a projection of the shape of orders_by_customer. */
export const replay: Benchmark = {
  name: 'replay',
  what: `rebuild of an orders projection (--store) from ${EVENTS} events, beside a bare consumer that only decodes`,
  unit: 'event',
  target: '≥ 20,000/s (Cassandra ≥ 5,000/s); aim ≥ 50 % of a bare consumer that decodes Avro',
  async prepare(stage) {
    const events = Math.round(EVENTS * stage.scale);
    const scratch = await makeScratch(stage, 'replay');
    await scratch.query(table);
    const schemas = createSchemaRegistry({ url: stage.endpoints.registry });
    stage.say(`publishing ${events} events`);
    await publishOrders(scratch, schemas, events);
    const orders = projection<Row>({
      name: 'bench_orders',
      topics: [scratch.topic],
      key: 'order_id',
      keyOf: (event) => event.partitionKey,
      ...layoutIn(stage.store),
      evolve(row, event) {
        const version = event.aggregateVersion;
        if (event.eventType !== CREATED) {
          return row && { ...row, version, status: (event.payload as { status: string }).status };
        }
        const { orderId, userId, status, totalAmount, currency, createdAt } = event.payload;
        return {
          order_id: orderId,
          user_id: userId,
          status,
          total_minor: Number(fromDecimal(totalAmount, currency)),
          created_at: createdAt.toISOString(),
          version,
        };
      },
    });
    const db = openDatabase({ url: scratch.url, name: 'bench:replay' });
    const decode = (value: Buffer) => schemas.decode(value);
    const { redis, cassandra } = stage.endpoints;
    const stores = openStores(
      scratch.topic.replaceAll('.', '_'),
      { REDIS_URL: redis, CASSANDRA_CONTACT_POINTS: cassandra },
      { systemDb: db },
    );
    return {
      async run() {
        const bare = await bareConsumer(scratch, decode, events);
        const report = await rebuild({
          service: 'bench',
          projection: orders,
          brokerLog: scratch.broker,
          db,
          systemDb: db,
          systemUrl: scratch.url,
          decode,
          stores,
          store: stage.store ?? 'postgres',
          verify: false,
          onProgress: () => undefined,
          signal: new AbortController().signal,
        });
        const rate = events / report.seconds;
        return {
          done: events,
          seconds: report.seconds,
          extra: { 'of a bare consumer': `${((rate / bare) * 100).toFixed(0)} %   (${bare.toFixed(0)}/s)` },
        };
      },
      async check() {
        const { version, store } = await liveVersion(db, orders.name);
        let rows = 0;
        let paid = 0;
        for await (const batch of (await stores.open(store)).scan(orders, version)) {
          rows += batch.length;
          paid += batch.filter((row) => row['status'] === 'PAID' && row['version'] === PER_ORDER).length;
        }
        const expected = Math.floor(events / PER_ORDER);
        if (rows !== expected || paid !== expected)
          throw new Error(`${expected} orders published, ${rows} projected, ${paid} of them to the end`);
        return `${rows} orders in ${store}, each at its last version`;
      },
      async close() {
        const { version, store } = await liveVersion(db, orders.name);
        if (store !== 'postgres')
          for (let made = 2; made <= version; made++) await (await stores.open(store)).drop(orders, made);
        await stores.close();
        await db.close();
        await scratch.drop();
      },
    };
  },
};

function layoutIn(store: Stage['store']): { store?: StoreLayout } {
  if (store === 'redis') return { store: { kind: 'redis', redis: {} } };
  if (store !== 'cassandra') return {};
  const ownerOf = (event: AnyEvent) => (event.payload as { userId: string }).userId;
  return {
    store: {
      kind: 'cassandra',
      cassandra: {
        columns: {
          ...{ user_id: 'text', order_id: 'text', status: 'text', total_minor: 'bigint' },
          ...{ created_at: 'timestamp', version: 'int' },
        },
        partition: ['user_id'],
        clustering: [['order_id', 'desc']],
        placeOf: (event) => ({ user_id: ownerOf(event), order_id: event.partitionKey }),
      },
    },
  };
}

type Scratch = Awaited<ReturnType<typeof makeScratch>>;
type Schemas = ReturnType<typeof createSchemaRegistry>;

/** What the orders of a log are like: when the n-th was placed, and which product its lines name. */
interface Variety {
  at(n: number): Date;
  productId(n: number, line: number): string;
}

export async function publishOrders(
  { broker, topic }: Scratch,
  schemas: Schemas,
  events: number,
  variety: Variety = { at: () => new Date(), productId: (_, line) => `P${line}` },
): Promise<void> {
  await schemas.load([CREATED, PENDING, PAID]);
  const publisher = broker.publisher();
  const totalAmount = toDecimal(12_950n, 'USD');
  const source = {
    traceId: '',
    correlationId: 'bench',
    causationId: null,
    storeId: 'STORE-1',
  };
  const message = (event: AnyEvent): OutgoingMessage => ({
    key: event.partitionKey,
    value: encode(event, schemas.idFor(event.eventType)),
    headers: {
      eventType: event.eventType,
      eventId: event.eventId,
      storeId: event.storeId,
      correlationId: 'bench',
    },
  });
  const itemsOf = (order: number) =>
    [1, 2].map((n) => ({
      productId: variety.productId(order, n),
      sku: null,
      qty: n,
      price: toDecimal(1_000n, 'USD'),
      ...{ listPrice: null, total: null, appliedRules: [] },
    }));
  const orders = Math.floor(events / PER_ORDER);
  for (let first = 0; first < orders; first += 4_000) {
    const batch: OutgoingMessage[] = [];
    for (let n = first; n < Math.min(first + 4_000, orders); n++) {
      const orderId = newId();
      const [now, items] = [variety.at(n), itemsOf(n)];
      const facts = { orderId, userId: `USER-${n % 50_000}`, totalAmount, currency: 'USD', createdAt: now };
      const paymentId = newId();
      const at = (aggregateVersion: number) => ({
        ...{ ...source, occurredAt: now, eventId: newId(), aggregateVersion },
      });
      batch.push(
        message(
          makeEvent(
            CREATED,
            {
              ...{ ...facts, items, expiresAt: now, reservationId: orderId, status: 'PENDING' },
              ...{ discountCodes: [], discountAmount: null, appliedRules: [] },
            },
            at(1),
          ),
        ),
        message(
          makeEvent(PENDING, { ...facts, paymentId, amount: totalAmount, status: 'PAYMENT_PENDING' }, at(2)),
        ),
        message(
          makeEvent(
            PAID,
            { ...facts, paymentId, transactionId: null, items, paidAt: now, status: 'PAID' },
            at(3),
          ),
        ),
      );
    }
    await publisher.publish(topic, batch);
  }
  await publisher.close();
}

/** Events a second of a consumer that decodes and does nothing else. */
async function bareConsumer(
  { broker, topic }: Scratch,
  decode: (value: Buffer) => AnyEvent | Promise<AnyEvent>,
  events: number,
): Promise<number> {
  const wanted = Math.floor(events / PER_ORDER) * PER_ORDER;
  const done = Promise.withResolvers<void>();
  let seen = 0;
  const started = performance.now();
  const subscription = await broker.subscribe({
    group: `${topic}.bare.${newId()}`,
    topics: [topic],
    maxBatch: 5_000,
    async onBatch(batch) {
      for (const { value } of batch) await decode(value);
      seen += batch.length;
      if (seen >= wanted) done.resolve();
    },
  });
  await done.promise;
  const rate = seen / ((performance.now() - started) / 1_000);
  await subscription.stop();
  return rate;
}
