import { join } from 'node:path';
import type { Launch, Say } from '@tradewind/native/launch.ts';
import { installCassandra, prepareCassandra } from '@tradewind/native/cassandra.ts';
import { installConnect, prepareConnect } from '@tradewind/native/connect.ts';
import { installKafka, prepareKafka } from '@tradewind/native/kafka.ts';
import { installMosquitto, prepareMosquitto } from '@tradewind/native/mosquitto.ts';
import { installOpensearch, prepareOpensearch } from '@tradewind/native/opensearch.ts';
import { installPrometheus, preparePrometheus } from '@tradewind/native/prometheus.ts';
import { installPostgres, preparePostgres, SUPERUSER } from '@tradewind/native/postgres.ts';
import { installRabbitmq, prepareRabbitmq } from '@tradewind/native/rabbitmq.ts';
import { installRedis, prepareRedis } from '@tradewind/native/redis.ts';
import { installRegistry, prepareRegistry, REGISTRY_DATABASE } from '@tradewind/native/registry.ts';
import { addresses, captureEnvironment, type Profile, type Stack } from '#environment.ts';
import { mqttUsers } from '#mqtt-users.ts';
import { checkout } from '#places.ts';
import type { PortName } from '#ports.ts';
import { services, type Service, type ServiceName } from '#stack.ts';
import type { Probe, ProcessSpec } from '#supervisor/spec.ts';

const RULES = join(checkout, 'infra/prometheus/rules.yml');
const CORE = ['postgres', 'redis', 'kafka', 'registry', 'rabbitmq', 'mosquitto'] as const;
const FULL = ['cassandra', 'opensearch', 'connect', 'prometheus'] as const;

/**
 * In profile full order_status stands in Redis: 1.4 KB an order (ADR 0045), and up to three versions of it while one is built. A limit,
 * not a reserve.
 */
const REDIS_MEMORY: Readonly<Record<Profile, string>> = { core: '256mb', full: '5gb' };

export type ServerName = (typeof CORE)[number] | (typeof FULL)[number];

/** What a profile runs, in no order. */
export const serversOf = (profile: Profile): readonly ServerName[] =>
  profile === 'full' ? [...CORE, ...FULL] : CORE;

/** Those with metrics: simulators have none. */
export const measured = (all: readonly Service[]): ServiceName[] =>
  all.filter(({ folder }) => folder.startsWith('services/')).map(({ name }) => name);

/** Which listeners each server opens. */
export const SERVER_PORTS: Record<ServerName, readonly PortName[]> = {
  postgres: ['postgres'],
  redis: ['redis'],
  kafka: ['kafka', 'kafka-controller'],
  registry: ['registry'],
  rabbitmq: ['rabbitmq', 'rabbitmq-management', 'rabbitmq-distribution'],
  mosquitto: ['mosquitto'],
  cassandra: ['cassandra', 'cassandra-storage'],
  opensearch: ['opensearch', 'opensearch-transport'],
  connect: ['connect'],
  prometheus: ['prometheus'],
};

/** Fetches a server where it is missing; resolves to what makes it ready to run on this stack. */
export async function fetchServer(
  name: ServerName,
  stack: Stack,
  say: Say,
): Promise<() => Promise<ProcessSpec>> {
  const { places, ports, secrets } = stack;
  const password = (role: string): string => secrets.postgres[role] ?? '';
  switch (name) {
    case 'postgres': {
      const bin = await installPostgres(say);
      return async () =>
        spec(name, stack, await preparePostgres(bin, places, ports.postgres, password(SUPERUSER)));
    }
    case 'redis': {
      const binary = await installRedis(say);
      const most = REDIS_MEMORY[stack.profile];
      return async () => spec(name, stack, await prepareRedis(binary, places, ports.redis, most));
    }
    case 'kafka': {
      const install = await installKafka(places.cache, say);
      return async () =>
        spec(name, stack, await prepareKafka(install, places, ports.kafka, ports['kafka-controller']));
    }
    case 'registry': {
      const install = await installRegistry(places.cache, say);
      const database = {
        port: ports.postgres,
        user: REGISTRY_DATABASE,
        password: password(REGISTRY_DATABASE),
      };
      return async () => spec(name, stack, await prepareRegistry(install, places, ports.registry, database));
    }
    case 'rabbitmq': {
      const script = await installRabbitmq(say);
      const own = {
        amqp: ports.rabbitmq,
        management: ports['rabbitmq-management'],
        distribution: ports['rabbitmq-distribution'],
      };
      return async () => spec(name, stack, await prepareRabbitmq(script, places, own, secrets.rabbitmq));
    }
    case 'mosquitto': {
      const install = await installMosquitto(say);
      const users = mqttUsers(secrets);
      return async () => spec(name, stack, await prepareMosquitto(install, places, ports.mosquitto, users));
    }
    case 'cassandra': {
      const install = await installCassandra(places.cache, say);
      const own = { native: ports.cassandra, storage: ports['cassandra-storage'] };
      return async () => spec(name, stack, await prepareCassandra(install, places, own));
    }
    case 'opensearch': {
      const install = await installOpensearch(places.cache, say);
      const own = { http: ports.opensearch, transport: ports['opensearch-transport'] };
      return async () => spec(name, stack, await prepareOpensearch(install, places, own));
    }
    case 'connect': {
      const install = await installConnect(places.cache, say);
      return async () =>
        spec(
          name,
          stack,
          await prepareConnect(
            install,
            places,
            ports.connect,
            addresses(stack).kafka,
            captureEnvironment(stack, services()),
          ),
        );
    }
    case 'prometheus': {
      const binary = await installPrometheus(say);
      const targets = measured(services()).map((name) => [name, `127.0.0.1:${ports[name]}`] as const);
      return async () =>
        spec(
          name,
          stack,
          await preparePrometheus(binary, places, ports.prometheus, Object.fromEntries(targets), RULES),
        );
    }
    default:
      return name satisfies never;
  }
}

function spec(name: ServerName, { ports }: Stack, launch: Launch): ProcessSpec {
  const { env, ...rest } = launch;
  const probe: Probe = { kind: name, port: ports[name] };
  const path = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
  return {
    ...rest,
    name,
    kind: 'infra',
    port: ports[name],
    probe,
    env: { PATH: path, LANG: 'C.UTF-8', ...env },
  };
}
