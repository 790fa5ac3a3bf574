import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import type { Places } from '@tradewind/native/launch.ts';
import { SUPERUSER } from '@tradewind/native/postgres.ts';
import { RABBITMQ_USER } from '@tradewind/native/rabbitmq.ts';
import type { Ports } from '#ports.ts';
import type { Secrets } from '#secrets.ts';
import { captureRole, databaseName, grpcPortOf, type Need, type Role, type Service } from '#stack.ts';

/** `full` has the stores of the data platform beside the servers that every stack has. */
export type Profile = 'core' | 'full';

/** One stack: where it lives, on which ports, with which secrets. */
export interface Stack {
  places: Places;
  ports: Ports;
  secrets: Secrets;
  profile: Profile;
  /** Where PostgreSQL is, unless on this machine. */
  databaseHost?: string;
}

/** Variables of the caller that reach every service, besides all `TW_*`. */
const PASSED = [
  'LOG_LEVEL',
  'TRACE_SAMPLE_RATIO',
  'RATE_LIMIT_PER_SECOND',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'NODE_OPTIONS',
];
/** Local defaults of knobs whose own default is the safe one for production. */
const LOCAL = { TW_WEBHOOK_ALLOW_PRIVATE: '1', TW_GRAPHQL_INTROSPECTION: '1' };

const local = (port: number): string => `http://127.0.0.1:${port}`;

export function databaseUrl(stack: Stack, service: string, role: Role): string {
  const database = databaseName(service);
  const user = `${database}_${role}`;
  return postgresUrl(stack, user, database);
}

export function superuserUrl(stack: Stack, database = 'postgres'): string {
  return postgresUrl(stack, SUPERUSER, database);
}

function postgresUrl({ databaseHost, ports, secrets }: Stack, user: string, database: string): string {
  const password = encodeURIComponent(secrets.postgres[user] ?? '');
  return `postgres://${user}:${password}@${databaseHost ?? '127.0.0.1'}:${ports.postgres}/${database}`;
}

export function rabbitmqUrl({ ports, secrets }: Stack): string {
  return `amqp://${RABBITMQ_USER}:${encodeURIComponent(secrets.rabbitmq)}@127.0.0.1:${ports.rabbitmq}`;
}

/** Addresses that do not depend on who asks. */
export function addresses({ ports }: Stack) {
  return {
    kafka: `127.0.0.1:${ports.kafka}`,
    registry: `${local(ports.registry)}/apis/ccompat/v7`,
    redis: `redis://127.0.0.1:${ports.redis}`,
    mqtt: `mqtt://127.0.0.1:${ports.mosquitto}`,
    identity: local(ports.identity),
    gateway: local(ports.gateway),
    grpc: `127.0.0.1:${ports['inventory-grpc']}`,
    pricingGrpc: `127.0.0.1:${ports['pricing-grpc']}`,
  };
}

export function serviceUrl({ ports }: Stack, { name }: Service): string {
  return local(ports[name]);
}

/**
 * The whole environment of one service; nothing is inherited but PATH, the caller's `TW_*` and a few knobs.
 * The owner's connection is not in it: a running service cannot change its own tables.
 */
export function serviceEnvironment(
  stack: Stack,
  service: Service,
  all: readonly Service[],
  caller: NodeJS.ProcessEnv,
): Record<string, string> {
  const { kafka, registry, redis, identity } = addresses(stack);
  const database = service.database
    ? {
        DATABASE_URL: databaseUrl(stack, service.name, 'app'),
        DATABASE_SYSTEM_URL: databaseUrl(stack, service.name, 'system'),
      }
    : {};
  return {
    PATH: caller['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    TZ: 'UTC',
    NODE_ENV: 'production',
    NODE_COMPILE_CACHE: join(stack.places.cache, 'node-compile'),
    ...passedOn(caller),
    TW_HOME: stack.places.home,
    TW_CACHE: stack.places.cache,
    HOST: '127.0.0.1',
    PORT: String(stack.ports[service.name]),
    ...database,
    KAFKA_BROKERS: kafka,
    SCHEMA_REGISTRY_URL: registry,
    REDIS_URL: redis,
    ...(stack.profile === 'full' ? realStores(stack) : {}),
    JWKS_URL: `${identity}/.well-known/jwks.json`,
    JWT_ISSUER: identity,
    IDENTITY_URL: identity,
    SERVICE_KEY: stack.secrets.serviceKey,
    SCHEMA_CACHE_FILE: join(stack.places.home, 'data/schemas', `${service.name}.json`),
    TRACES_FILE: join(stack.places.home, 'traces', `${service.name}.jsonl`),
    ...forSimulator(stack, service),
    ...Object.assign({}, ...service.needs.map((need) => forNeed(stack, service, need, all))),
  };
}

/** Stores that projections stand in where they run; what is not set here stands in Postgres. */
function realStores({ ports }: Stack): Record<string, string> {
  return {
    CASSANDRA_CONTACT_POINTS: `127.0.0.1:${ports.cassandra}`,
    OPENSEARCH_URL: local(ports.opensearch),
  };
}

/** A gateway that forgets its charges over a restart would charge them again, a carrier sell its labels again. */
function forSimulator(stack: Stack, { name }: Service): Record<string, string> {
  const STATE_FILE = join(stack.places.home, `data/${name}.jsonl`);
  if (name === 'payment-gateway') return { STATE_FILE };
  if (name === 'mailbox') return { STATE_FILE, SMTP_PORT: String(stack.ports['mailbox-smtp']) };
  if (name !== 'carriers') return {};
  const CARRIER_CALLBACK_URL = `${local(stack.ports.order)}/api/v1/orders/carrier-callbacks`;
  return { STATE_FILE, CARRIER_CALLBACK_URL, CARRIER_CREDENTIALS: carrierCredentials(stack) };
}

/** Passwords under which connectors read, by the names that infra/debezium has for them. */
export function capturePasswords({ secrets }: Stack, all: readonly Service[]): Record<string, string> {
  const passwords = all
    .filter((it) => it.captured)
    .map(({ name }) => [
      `CDC_${databaseName(name).toUpperCase()}_PASSWORD`,
      secrets.postgres[captureRole(name)] ?? '',
    ]);
  return Object.fromEntries(passwords) as Record<string, string>;
}

/** What the connectors of infra/debezium are told of this stack, by the environment of their worker. */
export function captureEnvironment(stack: Stack, all: readonly Service[]): Record<string, string> {
  return {
    CDC_DATABASE_HOST: stack.databaseHost ?? '127.0.0.1',
    CDC_DATABASE_PORT: String(stack.ports.postgres),
    // The converter's client speaks the registry's own protocol.
    CDC_REGISTRY_URL: `${local(stack.ports.registry)}/apis/registry/v2`,
    ...capturePasswords(stack, all),
  };
}

const CARRIERS = ['fedex', 'ups', 'dhl'];

/** The stack's account at each carrier: words that only this TW_HOME has. */
function carrierCredentials({ secrets }: Stack): string {
  const word = (use: string) =>
    createHmac('sha256', secrets.serviceKey).update(`carriers ${use}`).digest('base64url');
  const accounts = CARRIERS.map((name) => [
    name,
    { clientId: 'tradewind', secret: word(name), callbackSecret: word(`${name} callbacks`) },
  ]);
  return JSON.stringify(Object.fromEntries(accounts));
}

function passedOn(caller: NodeJS.ProcessEnv): Record<string, string> {
  const names = Object.keys(caller).filter((name) => name.startsWith('TW_') || PASSED.includes(name));
  return { ...LOCAL, ...Object.fromEntries(names.map((name) => [name, caller[name] ?? ''])) };
}

function forNeed(
  stack: Stack,
  service: Service,
  need: Need,
  all: readonly Service[],
): Record<string, string> {
  const { ports } = stack;
  switch (need) {
    case 'inventory-grpc':
      return { INVENTORY_GRPC_URL: `127.0.0.1:${ports['inventory-grpc']}` };
    case 'pricing-grpc':
      return { PRICING_GRPC_URL: `127.0.0.1:${ports['pricing-grpc']}` };
    case 'grpc-port':
      return { GRPC_PORT: String(ports[grpcPortOf(service.name)]) };
    case 'order':
      return { ORDER_URL: local(ports.order) };
    case 'payment':
      return { PAYMENT_URL: local(ports['payment-adapter']) };
    case 'payment-gateway':
      return {
        PAYMENT_SOAP_URL: `${local(ports['payment-gateway'])}/soap`,
        PAYMENT_REST_URL: local(ports['payment-gateway']),
      };
    case 'carriers': {
      const urls = CARRIERS.map((name) => [name, `${local(ports.carriers)}/${name}`]);
      return {
        CARRIER_URLS: JSON.stringify(Object.fromEntries(urls)),
        CARRIER_CREDENTIALS: carrierCredentials(stack),
      };
    }
    case 'rabbitmq':
      return { RABBITMQ_URL: rabbitmqUrl(stack) };
    case 'mqtt':
      return {
        MQTT_URL: addresses(stack).mqtt,
        MQTT_USERNAME: 'ingest',
        MQTT_PASSWORD: stack.secrets.mqtt.ingest,
      };
    case 'mailbox': {
      const url = local(ports.mailbox);
      return {
        SMTP_URL: `smtp://127.0.0.1:${ports['mailbox-smtp']}`,
        SMS_URL: `${url}/sms/messages`,
        PUSH_URL: `${url}/push/messages`,
        SLACK_URL: `${url}/slack/webhook`,
        // People wait for it here.
        NOTIFICATION_RETRY_MS: '500',
      };
    }
    case 'data-folder':
      return { ANALYTICS_DATA: join(stack.places.home, 'data', service.name) };
    case 'service-urls': {
      const urls = all.filter((it) => it.behindGateway);
      return {
        SERVICE_URLS: JSON.stringify(Object.fromEntries(urls.map((it) => [it.name, serviceUrl(stack, it)]))),
      };
    }
    default:
      return need satisfies never;
  }
}
