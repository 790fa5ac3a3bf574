import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '#arguments.ts';
import { portTable } from '#ports.ts';
import { databaseName, SERVICE_PORTS } from '#stack.ts';

export interface NewService {
  readonly name: string;
  readonly database: string;
  readonly port: number;
}

/** Postgres cuts identifiers at 63 bytes, and roles are `<database>_system`. */
const LONGEST = 40;
/** Simulators have 4090 and above. */
const LAST_PORT = 4089;

/**
 * A name that nothing has yet, with its port: the contract's where the name is in the port table, else the next free one.
 * @throws UsageError that says what is wrong with the name
 */
export function newService(name: string, root: string): NewService {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > LONGEST) {
    throw new UsageError(`"${name}" is no service name: kebab-case, at most ${LONGEST} characters`);
  }
  const ports: Readonly<Record<string, number>> = SERVICE_PORTS;
  const folder = ['services', 'packages', 'infra', 'infra/simulators'].find((place) =>
    existsSync(join(root, place, name)),
  );
  if (folder !== undefined) throw new UsageError(`${name} is taken: there is ${folder}/${name}`);
  const planned = ports[name];
  if (planned === undefined && (name in portTable(undefined) || name === 'tests')) {
    throw new UsageError(`${name} is taken: the stack has something else of that name`);
  }
  return { name, database: databaseName(name), port: planned ?? nextPort(Object.values(ports)) };
}

function nextPort(taken: readonly number[]): number {
  const port = Math.max(...taken.filter((it) => it <= LAST_PORT)) + 1;
  if (port > LAST_PORT)
    throw new UsageError(`no port up to ${LAST_PORT} is free: see packages/cli/src/stack.ts`);
  return port;
}
