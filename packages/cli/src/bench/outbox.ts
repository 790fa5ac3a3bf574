import { newId } from '@tradewind/kernel/ids.ts';
import { createRelay } from '@tradewind/outbox/relay.ts';
import type { Benchmark } from '#bench/benchmark.ts';
import { latencies, percentiles, record } from '#bench/closed-loop.ts';
import { makeScratch } from '#bench/scratch.ts';

const ROWS = 100_000;
const RATE = 500;
const KEYS = 1_000;

// Rows as commands leave them: 300 bytes, versions dense per key.
const fill = `
  insert into outbox (store_id, topic, partition_key, event_id, event_type, aggregate_version, correlation_id, payload)
  select 'STORE-1', $1, 'K' || (n % ${KEYS}), gen_random_uuid(), 'bench.event.v1', $3 + 1 + n / ${KEYS}, 'bench',
    decode(repeat('ab', 300), 'hex')
  from generate_series(0, $2::int - 1) n`;

const append = `
  insert into outbox (store_id, topic, partition_key, event_id, event_type, aggregate_version, correlation_id, payload)
  values ('STORE-1', $1, $2, $3, 'bench.event.v1', 1, $4, decode(repeat('ab', 300), 'hex'))`;

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** The relay of the services, on a database and a topic of its own. */
export const outbox: Benchmark = {
  name: 'outbox',
  what: `one relay drains ${ROWS} rows to Kafka; then ${RATE} commits a second, from commit to consumer`,
  unit: 'event',
  target: '≥ 5,000/s; aim ≥ 20,000/s, commit → consumer p95 < 100 ms',
  async prepare(stage) {
    const rows = Math.round(ROWS * stage.scale);
    const scratch = await makeScratch(stage, 'outbox');
    const relay = createRelay({
      systemUrl: scratch.url,
      service: 'bench',
      publisher: scratch.broker.publisher(),
      log: silent,
    });
    const arrived = latencies();
    const subscription = await scratch.broker.subscribe({
      group: `${scratch.topic}.latency`,
      topics: [scratch.topic],
      fromBeginning: true,
      async onBatch(batch) {
        const now = performance.timeOrigin + performance.now();
        for (const { headers } of batch) {
          const sent = Number(headers['correlationId']);
          if (Number.isFinite(sent)) record(arrived, now - sent);
        }
      },
    });
    let appended = 0;
    let rounds = 0;
    const waiting = async () =>
      Number((await scratch.query<{ n: string }>('select count(*) as n from outbox'))[0]?.n);
    const empty = async () => {
      while ((await waiting()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    relay.start();
    return {
      async run(seconds) {
        arrived.reset();
        const stalled = `alter table outbox rename to outbox_bench; create view outbox as select * from outbox_bench where false`;
        const resumed = `drop view outbox; alter table outbox_bench rename to outbox`;
        await scratch.query(stalled);
        await scratch.query(fill.replace('into outbox', 'into outbox_bench'), [
          scratch.topic,
          rows,
          (rounds++ * rows) / KEYS,
        ]);
        appended += rows;
        const started = performance.now();
        await scratch.query(resumed);
        relay.wake();
        await empty();
        const drained = (performance.now() - started) / 1_000;
        arrived.reset();
        const began = performance.now();
        const commits = Math.round(RATE * Math.min(seconds, 5));
        for (let sent = 0; sent < commits; sent++) {
          while (performance.now() < began + (sent * 1_000) / RATE)
            await new Promise((r) => setTimeout(r, 1));
          await scratch.query(append, [
            scratch.topic,
            `L${sent}-${rounds}`,
            newId(),
            String(performance.timeOrigin + performance.now()),
          ]);
          relay.wake();
        }
        appended += commits;
        await empty();
        while (arrived.totalCount < commits) await new Promise((resolve) => setTimeout(resolve, 20));
        const { p50, p95, p99 } = percentiles(arrived);
        return {
          done: rows,
          seconds: drained,
          extra: {
            'commit → consumer ms': `p50 ${p50.toFixed(0)}   p95 ${p95.toFixed(0)}   p99 ${p99.toFixed(0)} at ${RATE}/s`,
          },
        };
      },
      async check() {
        const ends = await scratch.broker.endOffsets(scratch.topic);
        const published = [...ends.values()].reduce((sum, offset) => sum + Number(offset), 0);
        if (published !== appended) throw new Error(`${appended} committed, ${published} in Kafka`);
        return `${appended} committed = ${published} in Kafka`;
      },
      async close() {
        await subscription.stop();
        await relay.stop();
        await scratch.drop();
      },
    };
  },
};
