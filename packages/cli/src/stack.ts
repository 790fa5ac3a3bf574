import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '#places.ts';
import type { PortName } from '#ports.ts';

/** A service of the stack. A new one is one entry here; it is started once its folder has a `src/main.ts`. */
export interface Service {
  name: PortName;
  folder: string;
  /** Has a database of its own, with the roles owner, app and system. */
  database: boolean;
  needs: readonly Need[];
}

/** What a service is told about its surroundings beyond the variables that all get (see environment.ts). */
export type Need = 'inventory-grpc' | 'grpc-port' | 'payment' | 'payment-gateway' | 'service-urls';

const service = (name: PortName, needs: readonly Need[] = []): Service => ({
  name,
  folder: `services/${name}`,
  database: true,
  needs,
});

const SERVICES: readonly Service[] = [
  { name: 'payment-gateway', folder: 'infra/simulators/payment-gateway', database: false, needs: [] },
  service('identity'),
  service('product'),
  service('pricing'),
  service('cart'),
  service('inventory', ['grpc-port']),
  service('payment-adapter', ['payment-gateway']),
  service('order', ['inventory-grpc', 'payment']),
  service('notification'),
  service('webhook-dispatcher'),
  service('analytics'),
  { ...service('gateway', ['service-urls']), database: false },
];

/** Those that this checkout has, in the order they are shown in. */
export function services(root = checkout): Service[] {
  return SERVICES.filter(({ folder }) => existsSync(join(root, folder, 'package.json')));
}

export function isRunnable({ folder }: Service, root = checkout): boolean {
  return existsSync(join(root, folder, 'src/main.ts'));
}

/** Database of a service, which is also the prefix of its roles. */
export const databaseName = (serviceName: string): string => serviceName.replaceAll('-', '_');

export type Role = 'owner' | 'app' | 'system';
export const ROLES: readonly Role[] = ['owner', 'app', 'system'];
