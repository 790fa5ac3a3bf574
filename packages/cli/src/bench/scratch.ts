import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import kafkajs from 'kafkajs';
import pg from 'pg';
import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { migrate } from '@tradewind/postgres/migrate.ts';
import type { Stage } from '#bench/benchmark.ts';

/** A database and a topic of a benchmark's own on the stack's servers, so that no service sees its rows. */
export interface Scratch {
  readonly url: string;
  readonly topic: string;
  readonly broker: ReturnType<typeof createKafkaBroker>;
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

const MIGRATIONS = fileURLToPath(new URL('../../../outbox/migrations/', import.meta.url));

export async function makeScratch({ endpoints }: Stage, name: string): Promise<Scratch> {
  const id = `bench_${name}_${randomBytes(4).toString('hex')}`;
  const admin = new pg.Client({ connectionString: endpoints.postgres.url });
  await admin.connect();
  await admin.query(`create database ${id}`);
  const address = new URL(endpoints.postgres.url);
  address.pathname = `/${id}`;
  const url = address.href;
  await migrate({ ownerUrl: url, folders: [{ name: 'outbox', dir: MIGRATIONS }] });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const broker = createKafkaBroker({ clientId: id, brokers: endpoints.kafka.split(',') });
  const topic = id.replaceAll('_', '.');
  await broker.ensureTopic({ name: topic, partitions: 12 });
  return {
    url,
    topic,
    broker,
    query: async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
      (await client.query<Row>(text, values)).rows,
    async drop() {
      await broker.close();
      await deleteTopic(endpoints.kafka, topic);
      await client.end();
      await admin.query(`drop database ${id} with (force)`);
      await admin.end();
    },
  };
}

async function deleteTopic(brokers: string, topic: string): Promise<void> {
  const client = new kafkajs.Kafka({
    clientId: 'bench',
    brokers: brokers.split(','),
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = client.admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
}
