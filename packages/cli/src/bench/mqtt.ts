import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import type { Benchmark } from '#bench/benchmark.ts';
import { makeCatalog } from '#bench/catalog.ts';
import { latencies, percentiles } from '#bench/closed-loop.ts';
import { READINGS_TOPIC } from '@tradewind/contracts/device-reading.ts';
import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { openLine } from '#devices/fleet.ts';
import { requireSupervisor } from '#supervisor/client.ts';

const PRODUCTS = 200;
const DEVICES = 500;
/** Readings that a connection has under way; all connections together fill what the bridge takes at once. */
const WINDOW = 250;
const DRAIN_MS = 60_000;

export const mqtt: Benchmark = {
  name: 'mqtt',
  what: `readings of ${DEVICES} devices over MQTT into the stock of ${PRODUCTS} SKUs; the MQTT broker restarts in the first run`,
  unit: 'reading',
  target: '≥ 5,000/s, none lost over a broker restart',
  async prepare(stage) {
    const { skus } = await makeCatalog(stage, PRODUCTS, 1_000_000);
    const { mqtt: server } = stage.endpoints;
    const lines = await Promise.all(server.devices.map((login) => openLine(server, login)));
    const db = new pg.Client({
      connectionString: stage.endpoints.postgres.databases['inventory']!.systemUrl,
    });
    await db.connect();
    const name = `bench-${skus[0]?.split('-')[1]}`;
    const kafka = createKafkaBroker({ clientId: 'tw', brokers: stage.endpoints.kafka.split(',') });
    const sentAt = new Map<string, number>();
    let turn = 0;
    let runs = 0;

    async function applied(): Promise<number> {
      const { rows } = await db.query<{ applied: string }>(
        `select coalesce(sum(applied), 0) as applied from device where starts_with(device_id, $1)`,
        [`${name}-`],
      );
      return Number(rows[0]?.applied);
    }

    const inKafka = async (): Promise<bigint> =>
      [...(await kafka.endOffsets(READINGS_TOPIC)).values()].reduce((sum, end) => sum + end, 0n);

    async function until(reached: () => Promise<boolean>): Promise<void> {
      for (const deadline = Date.now() + DRAIN_MS; Date.now() < deadline; await pause(50)) {
        if (await reached()) return;
      }
    }

    async function send(line: (typeof lines)[number]): Promise<void> {
      const mine = turn++;
      const [device, seq] = [`${name}-${mine % DEVICES}`, Math.floor(mine / DEVICES)];
      const reading = { delta: mine % 2 === 0 ? 1 : -1, reason: 'BENCH', deviceId: device, seq };
      sentAt.set(`${device}::${seq}`, Date.now());
      await line.send(`iot/inventory/${skus[mine % skus.length]!}/delta`, JSON.stringify(reading));
    }

    /** From the payload's way out to the transaction that applied it. */
    async function measured(since: number) {
      const { rows } = await db.query<{ id: string; at: Date }>(
        `select adjustment_id as id, created_at as at from inventory_adjustment
         where sku = any($1) and device_id is not null and created_at >= to_timestamp($2::float8 / 1000)`,
        [skus, since],
      );
      const histogram = latencies();
      for (const { id, at } of rows) {
        const sent = sentAt.get(id);
        if (sent !== undefined) histogram.recordValue(Math.max(1, (at.getTime() - sent) * 1_000));
      }
      return percentiles(histogram);
    }

    return {
      async run(seconds) {
        const [before, topic, sent] = [await applied(), await inKafka(), turn];
        const began = performance.now();
        const elapsed = () => (performance.now() - began) / 1_000;
        const since = Date.now();
        const end = began + seconds * 1_000;
        const restarts = ++runs === 2;
        const window = Math.max(1, Math.round(WINDOW * stage.scale));
        const clients = lines.flatMap((line) =>
          Array.from({ length: window }, async () => {
            while (performance.now() < end) await send(line);
          }),
        );
        if (restarts) {
          await pause(seconds * 500);
          const supervisor = await requireSupervisor(stage.home);
          await supervisor({ op: 'stop', name: 'mosquitto' });
          await supervisor({ op: 'start', name: 'mosquitto' });
        }
        await Promise.all(clients);
        // Repeats after a restart are in the topic too: that run is shown, the median is another.
        await until(async () => (await inKafka()) - topic >= turn - sent);
        const taken = elapsed();
        await until(async () => (await applied()) >= turn);
        const rate = ((await applied()) - before) / elapsed();
        return {
          ...{ done: turn - sent, seconds: taken, ...(await measured(since)) },
          extra: { 'applied/s': Math.round(rate), 'with a restart': restarts ? 'yes' : 'no' },
        };
      },
      async check() {
        const found = await applied();
        if (found !== turn) throw new Error(`${turn} readings were acknowledged, ${found} are in the stock`);
        return `${turn} readings acknowledged = in the stock, over a restart of the MQTT broker`;
      },
      async close() {
        await Promise.all([...lines.map((line) => line.close()), db.end(), kafka.close()]);
      },
    };
  },
};
