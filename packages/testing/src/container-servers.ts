import { fileURLToPath } from 'node:url';
import type { StartedTestContainer } from 'testcontainers';
import type { Servers } from './servers.ts';

// The images of docker-compose.yml; Kafka's is the one that its container class knows how to start.
const POSTGRES = 'postgres:18';
const KAFKA = 'confluentinc/cp-kafka:8.1.0';
const REGISTRY = 'apicurio/apicurio-registry:3.0.9';
const REDIS = 'redis:7';
const RABBITMQ = 'rabbitmq:4-management';
const MOSQUITTO = 'eclipse-mosquitto:2';
const CASSANDRA = 'cassandra:5.0';
const OPENSEARCH = 'opensearchproject/opensearch:3.6.0';

/** Settings and users of docker-compose.yml. */
const settings = (name: string): string =>
  fileURLToPath(new URL(`../../../infra/compose/${name}`, import.meta.url));
/** In that file. */
const mqttUser = (username: string, password = 'tradewind') => ({ username, password });

/** True where a Docker daemon answers; the client library's own search finds it, and takes a moment to load. */
export async function containersWork(): Promise<boolean> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  return getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
}

const STARTUP_MS = 120_000;
const once = <T>(start: () => Promise<T>): (() => Promise<T>) => {
  let started: Promise<T> | undefined;
  return () => (started ??= start());
};
const address = (container: StartedTestContainer, port: number): string =>
  `${container.getHost()}:${container.getMappedPort(port)}`;

/** One container per server and process; the library's reaper removes them when the process is gone. */
export function containerServers(): Servers {
  return {
    postgres: once(async () => {
      const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
      const container = await new PostgreSqlContainer(POSTGRES).withStartupTimeout(STARTUP_MS).start();
      return { adminUrl: container.getConnectionUri() };
    }),
    kafka: once(async () => {
      const { KafkaContainer } = await import('@testcontainers/kafka');
      const container = await new KafkaContainer(KAFKA).withKraft().withStartupTimeout(STARTUP_MS).start();
      return { brokers: [address(container, 9093)] };
    }),
    registry: once(async () => {
      const { GenericContainer, Wait } = await import('testcontainers');
      const container = await new GenericContainer(REGISTRY)
        .withExposedPorts(8080)
        .withWaitStrategy(Wait.forHttp('/health/ready', 8080))
        .start();
      return { url: `http://${address(container, 8080)}/apis/ccompat/v7` };
    }),
    redis: once(async () => {
      const { GenericContainer, Wait } = await import('testcontainers');
      const container = await new GenericContainer(REDIS)
        .withExposedPorts(6379)
        .withWaitStrategy(Wait.forListeningPorts())
        .start();
      return { url: `redis://${address(container, 6379)}` };
    }),
    rabbitmq: once(async () => {
      const { GenericContainer, Wait } = await import('testcontainers');
      const container = await new GenericContainer(RABBITMQ)
        .withEnvironment({ RABBITMQ_DEFAULT_USER: 'tradewind', RABBITMQ_DEFAULT_PASS: 'tradewind' })
        .withExposedPorts(5672)
        .withWaitStrategy(Wait.forLogMessage('Server startup complete'))
        .withStartupTimeout(STARTUP_MS)
        .start();
      return { url: `amqp://tradewind:tradewind@${address(container, 5672)}` };
    }),
    mqtt: once(async () => {
      const { GenericContainer, Wait } = await import('testcontainers');
      const container = await new GenericContainer(MOSQUITTO)
        .withCopyFilesToContainer([
          { source: settings('mosquitto.conf'), target: '/mosquitto/config/mosquitto.conf' },
          { source: settings('mosquitto-security.json'), target: '/mosquitto/config/security.json' },
        ])
        .withExposedPorts(1883)
        .withWaitStrategy(Wait.forListeningPorts())
        .start();
      return {
        url: `mqtt://${address(container, 1883)}`,
        devices: Array.from({ length: 9 }, (_, n) => mqttUser(`device-${n + 1}`, 'device')),
        ingest: mqttUser('ingest'),
        messages: mqttUser('messages'),
      };
    }),
    cassandra: once(async () => {
      const { GenericContainer, Wait } = await import('testcontainers');
      const container = await new GenericContainer(CASSANDRA)
        .withEnvironment({ MAX_HEAP_SIZE: '512M', HEAP_NEWSIZE: '128M' })
        .withExposedPorts(9042)
        .withWaitStrategy(Wait.forLogMessage('Startup complete'))
        .withStartupTimeout(STARTUP_MS)
        .start();
      return { contactPoint: address(container, 9042), dataCenter: 'datacenter1' };
    }),
    opensearch: once(async () => {
      const { GenericContainer, Wait } = await import('testcontainers');
      const container = await new GenericContainer(OPENSEARCH)
        .withEnvironment({
          'discovery.type': 'single-node',
          'action.auto_create_index': 'false',
          DISABLE_SECURITY_PLUGIN: 'true',
          OPENSEARCH_JAVA_OPTS: '-Xms512m -Xmx512m',
        })
        .withExposedPorts(9200)
        .withWaitStrategy(Wait.forHttp('/_cluster/health?wait_for_status=yellow&timeout=2s', 9200))
        .withStartupTimeout(STARTUP_MS)
        .start();
      return { url: `http://${address(container, 9200)}` };
    }),
    // It would have to reach the others, and each of them is a container by itself.
    connect: () =>
      Promise.reject(new Error('change capture is tested on servers of `./tw up --profile full` only')),
  };
}
