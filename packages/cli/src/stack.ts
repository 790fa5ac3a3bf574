import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '#places.ts';

/** What a service is told about its surroundings beyond the variables that all get (see environment.ts). */
export type Need =
  | 'inventory-grpc'
  | 'pricing-grpc'
  | 'order'
  | 'grpc-port'
  | 'payment'
  | 'payment-gateway'
  | 'carriers'
  | 'rabbitmq'
  | 'mqtt'
  | 'mailbox'
  | 'data-folder'
  | 'service-urls';

interface Entry {
  readonly name: string;
  /** As the contract's table has it. */
  readonly port: number;
  /** `services/<name>` unless said. */
  readonly folder?: string;
  readonly database?: false;
  /** False: has nothing that clients call, so the gateway does not know it. */
  readonly behindGateway?: false;
  /** Rows of its database are told by change data capture: has a connector in infra/debezium, and a role for it. */
  readonly captured?: true;
  readonly needs?: readonly Need[];
}

/** All of the stack, each started once its folder has a `src/main.ts`. `./tw new service` adds one here. */
const SERVICES = [
  {
    name: 'payment-gateway',
    port: 4090,
    folder: 'infra/simulators/payment-gateway',
    database: false,
  },
  { name: 'carriers', port: 4091, folder: 'infra/simulators/carriers', database: false },
  { name: 'mailbox', port: 4092, folder: 'infra/simulators/mailbox', database: false },
  { name: 'identity', port: 4010 },
  { name: 'product', port: 4001, captured: true },
  { name: 'pricing', port: 4002, needs: ['grpc-port'] },
  { name: 'cart', port: 4003, needs: ['inventory-grpc', 'pricing-grpc', 'order'] },
  { name: 'inventory', port: 4005, captured: true, needs: ['grpc-port'] },
  { name: 'payment-adapter', port: 4006, needs: ['payment-gateway'] },
  {
    name: 'order',
    port: 4004,
    captured: true,
    needs: ['inventory-grpc', 'pricing-grpc', 'payment', 'carriers'],
  },
  { name: 'notification', port: 4007, needs: ['mailbox'] },
  { name: 'webhook-dispatcher', port: 4008, needs: ['rabbitmq'] },
  { name: 'analytics', port: 4009, needs: ['data-folder'] },
  { name: 'iot-bridge', port: 4011, database: false, behindGateway: false, needs: ['mqtt'] },
  { name: 'gateway', port: 8080, database: false, behindGateway: false, needs: ['service-urls'] },
] as const satisfies readonly Entry[];

export type ServiceName = (typeof SERVICES)[number]['name'];

export const SERVICE_PORTS = Object.fromEntries(SERVICES.map(({ name, port }) => [name, port])) as Readonly<
  Record<ServiceName, number>
>;

/** A service of the stack. */
export interface Service {
  name: ServiceName;
  folder: string;
  /** Has a database of its own, with the roles owner, app and system. */
  database: boolean;
  behindGateway: boolean;
  captured: boolean;
  needs: readonly Need[];
}

const complete = (entry: Entry & { readonly name: ServiceName }): Service => ({
  name: entry.name,
  folder: entry.folder ?? `services/${entry.name}`,
  database: entry.database ?? true,
  behindGateway: entry.behindGateway ?? entry.folder === undefined,
  captured: entry.captured ?? false,
  needs: entry.needs ?? [],
});

/** Those that this checkout has, in the order they are shown in. */
export function services(root = checkout): Service[] {
  return SERVICES.map(complete).filter(({ folder }) => existsSync(join(root, folder, 'package.json')));
}

export function isRunnable({ folder }: Service, root = checkout): boolean {
  return existsSync(join(root, folder, 'src/main.ts'));
}

/** Database of a service, which is also the prefix of its roles. */
export const databaseName = (serviceName: string): string => serviceName.replaceAll('-', '_');

/** Which port of the table a service with the need `grpc-port` listens on for gRPC. */
export const grpcPortOf = (serviceName: ServiceName) =>
  serviceName === 'pricing' ? ('pricing-grpc' as const) : ('inventory-grpc' as const);

/** Under which change data capture reads a service's database. */
export const captureRole = (serviceName: string): string => `${databaseName(serviceName)}_cdc`;

export type Role = 'owner' | 'app' | 'system';
export const ROLES: readonly Role[] = ['owner', 'app', 'system'];
