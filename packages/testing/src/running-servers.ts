import { readFile } from 'node:fs/promises';
import type { MqttServer, Servers } from './servers.ts';

interface Endpoints {
  readonly kafka: string;
  readonly registry: string;
  readonly redis: string;
  readonly postgres: { readonly url: string };
  readonly rabbitmq: { readonly url: string };
  readonly mqtt: MqttServer;
  readonly cassandra?: string;
  readonly opensearch?: string;
  readonly connect?: string;
}

/** Servers that run already. Tests keep to databases, topics and groups of their own there. */
export async function runningServers(file: string): Promise<Servers> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`TW_TEST_ENDPOINTS: ${file} can't be read: is the stack up?`, { cause });
  });
  const { postgres, kafka, registry, redis, rabbitmq, mqtt, ...full } = JSON.parse(text) as Endpoints;
  const ofProfileFull = (name: 'cassandra' | 'opensearch' | 'connect'): string => {
    const address = full[name];
    if (address === undefined)
      throw new Error(`${file} names no ${name}: the test needs \`./tw up --profile full\``);
    return address;
  };
  return {
    postgres: () => Promise.resolve({ adminUrl: postgres.url }),
    kafka: () => Promise.resolve({ brokers: kafka.split(',') }),
    registry: () => Promise.resolve({ url: registry }),
    redis: () => Promise.resolve({ url: redis }),
    rabbitmq: () => Promise.resolve({ url: rabbitmq.url }),
    mqtt: () => Promise.resolve(mqtt),
    cassandra: async () => ({ contactPoint: ofProfileFull('cassandra'), dataCenter: 'datacenter1' }),
    opensearch: async () => ({ url: ofProfileFull('opensearch') }),
    connect: async () => ({ url: ofProfileFull('connect') }),
  };
}
