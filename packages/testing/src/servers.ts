import { containerServers, containersWork } from './container-servers.ts';
import { runningServers } from './running-servers.ts';

/** Real servers for integration tests. Each is asked for when a test needs it, and started no earlier. */
export interface Servers {
  /** A role that may create databases and roles. */
  postgres(): Promise<{ readonly adminUrl: string }>;
  kafka(): Promise<{ readonly brokers: string[] }>;
  /** The Confluent-compatible API, as SCHEMA_REGISTRY_URL has it. */
  registry(): Promise<{ readonly url: string }>;
  redis(): Promise<{ readonly url: string }>;
  /** Of a user who may do everything. */
  rabbitmq(): Promise<{ readonly url: string }>;
  mqtt(): Promise<MqttServer>;
  /** `host:port` of the native protocol, and the data centre that clients must name. */
  cassandra(): Promise<{ readonly contactPoint: string; readonly dataCenter: string }>;
  opensearch(): Promise<{ readonly url: string }>;
  /** Kafka Connect with Debezium's connector; it reaches the other servers of this run. */
  connect(): Promise<{ readonly url: string }>;
}

export interface MqttLogin {
  readonly username: string;
  readonly password: string;
}

/** Devices write readings, `ingest` reads them, `messages` has the topics of messaging-mqtt. */
export interface MqttServer {
  readonly url: string;
  readonly devices: readonly MqttLogin[];
  readonly ingest: MqttLogin;
  readonly messages: MqttLogin;
}

let chosen: Promise<Servers> | undefined;

/**
 * The servers of this run: those that `TW_TEST_ENDPOINTS` names (path of an endpoints.json, as `./tw up` writes it), else
 * containers where a Docker daemon answers.
 * @throws Error that says how to start servers
 */
export function servers(): Promise<Servers> {
  chosen ??= choose(process.env['TW_TEST_ENDPOINTS']);
  return chosen;
}

async function choose(endpoints: string | undefined): Promise<Servers> {
  if (endpoints !== undefined && endpoints !== '') return runningServers(endpoints);
  if (await containersWork()) return containerServers();
  throw new Error(
    'integration tests need servers: run them by `./tw test --only int`, which starts its own, ' +
      'or set TW_TEST_ENDPOINTS to the endpoints.json of a stack that `./tw up` has started',
  );
}
