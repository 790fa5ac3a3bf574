import { join } from 'node:path';
import { addresses, databaseUrl, serviceUrl, superuserUrl, type Stack } from '#environment.ts';
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
  postgres: {
    url: string;
    databases: Record<string, { url: string; systemUrl: string; ownerUrl: string }>;
  };
  jwks: string;
  issuer: string;
  serviceKey: string;
}

export const endpointsFile = (home: string): string => join(home, 'endpoints.json');

export function endpoints(stack: Stack, services: readonly Service[]): Endpoints {
  const { kafka, registry, redis, identity, gateway, grpc, pricingGrpc } = addresses(stack);
  const databases = services.filter((it) => it.database);
  return {
    gateway,
    services: Object.fromEntries(services.map((it) => [it.name, serviceUrl(stack, it)])),
    grpc,
    grpcServices: { inventory: grpc, pricing: pricingGrpc },
    kafka,
    registry,
    redis,
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
    jwks: `${identity}/.well-known/jwks.json`,
    issuer: identity,
    serviceKey: stack.secrets.serviceKey,
  };
}

export async function writeEndpoints(stack: Stack, services: readonly Service[]): Promise<void> {
  await writeJson(endpointsFile(stack.places.home), endpoints(stack, services));
}

/** What `up` has written, or undefined where no stack was started in this TW_HOME. */
export function readEndpoints(home: string): Promise<Endpoints | undefined> {
  return readJson<Endpoints>(endpointsFile(home));
}
