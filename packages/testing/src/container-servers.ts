import type { StartedTestContainer } from 'testcontainers';
import type { Servers } from './servers.ts';

// The images of docker-compose.yml; Kafka's is the one that its container class knows how to start.
const POSTGRES = 'postgres:18';
const KAFKA = 'confluentinc/cp-kafka:8.1.0';
const REGISTRY = 'apicurio/apicurio-registry:3.0.9';
const REDIS = 'redis:7';

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
  };
}
