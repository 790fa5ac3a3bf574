import { join } from 'node:path';
import { RABBITMQ_USER } from '@tradewind/native/rabbitmq.ts';
import { addresses, databaseUrl, rabbitmqUrl, serviceUrl, superuserUrl, type Stack } from '#environment.ts';
import { mqttUsers } from '#mqtt-users.ts';
import { databaseName, type Service } from '#stack.ts';
import { readJson, writeJson } from '#supervisor/state.ts';

/** `TW_HOME/endpoints.json`: every URL, port and local credential. Holds passwords, so it is 0600. */
export interface Endpoints {
  gateway: string;
  services: Record<string, string>;
  grpc: string;
  /** By service; `grpc` is inventory's. */
  grpcServices: Record<string, string>;
  kafka: string;
  registry: string;
  redis: string;
  /** `management` is the HTTP API and its pages, under the same user. */
  rabbitmq: { url: string; management: string; username: string; password: string };
  mqtt: {
    url: string;
    /** Each may publish to `iot/inventory/+/delta`, and nothing else. */
    devices: Login[];
    ingest: Login;
    messages: Login;
  };
  postgres: {
    url: string;
    databases: Record<string, { url: string; systemUrl: string; ownerUrl: string }>;
  };
  /** Of profile full only. `host:port`; URLs of the others. */
  cassandra?: string;
  opensearch?: string;
  connect?: string;
  prometheus?: string;
  jwks: string;
  issuer: string;
  serviceKey: string;
}

interface Login {
  username: string;
  password: string;
}

export const endpointsFile = (home: string): string => join(home, 'endpoints.json');

export function endpoints(stack: Stack, services: readonly Service[]): Endpoints {
  const { kafka, registry, redis, mqtt, identity, gateway, grpc, pricingGrpc } = addresses(stack);
  const databases = services.filter((it) => it.database);
  return {
    gateway,
    services: Object.fromEntries(services.map((it) => [it.name, serviceUrl(stack, it)])),
    grpc,
    grpcServices: { inventory: grpc, pricing: pricingGrpc },
    kafka,
    registry,
    redis,
    rabbitmq: {
      url: rabbitmqUrl(stack),
      management: `http://127.0.0.1:${stack.ports['rabbitmq-management']}`,
      username: RABBITMQ_USER,
      password: stack.secrets.rabbitmq,
    },
    mqtt: { url: mqtt, ...logins(stack) },
    postgres: {
      url: superuserUrl(stack),
      databases: Object.fromEntries(
        databases.map(({ name }) => [
          databaseName(name),
          {
            url: databaseUrl(stack, name, 'app'),
            systemUrl: databaseUrl(stack, name, 'system'),
            ownerUrl: databaseUrl(stack, name, 'owner'),
          },
        ]),
      ),
    },
    ...(stack.profile === 'full' ? dataPlatform(stack) : {}),
    jwks: `${identity}/.well-known/jwks.json`,
    issuer: identity,
    serviceKey: stack.secrets.serviceKey,
  };
}

export function dataPlatform({ ports }: Stack) {
  return {
    cassandra: `127.0.0.1:${ports.cassandra}`,
    opensearch: `http://127.0.0.1:${ports.opensearch}`,
    connect: `http://127.0.0.1:${ports.connect}`,
    prometheus: `http://127.0.0.1:${ports.prometheus}`,
  };
}

function logins({ secrets }: Stack): Omit<Endpoints['mqtt'], 'url'> {
  const users = mqttUsers(secrets);
  const login = ({ username, password }: Login): Login => ({ username, password });
  const own = (username: 'ingest' | 'messages'): Login => ({ username, password: secrets.mqtt[username] });
  return {
    devices: users.filter(({ role }) => role === 'device').map(login),
    ingest: own('ingest'),
    messages: own('messages'),
  };
}

export async function writeEndpoints(stack: Stack, services: readonly Service[]): Promise<void> {
  await writeJson(endpointsFile(stack.places.home), endpoints(stack, services));
}

/** What `up` has written, or undefined where no stack was started in this TW_HOME. */
export function readEndpoints(home: string): Promise<Endpoints | undefined> {
  return readJson<Endpoints>(endpointsFile(home));
}
