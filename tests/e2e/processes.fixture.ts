import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { home } from './stack.fixture.ts';

interface Spec {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The environment in which the stack runs a service. */
export function environmentOf(service: string): Record<string, string> {
  const specs = JSON.parse(readFileSync(join(home, 'specs.json'), 'utf8')) as Spec[];
  const spec = specs.find(({ name }) => name === service);
  if (spec === undefined) throw new Error(`this stack runs no ${service}`);
  const { PORT: _port, GRPC_PORT: _grpc, ...env } = spec.env;
  return env;
}

interface State {
  readonly processes: readonly { readonly name: string; readonly process?: { readonly pid: number } }[];
}

/** `kill -9` of a process of the stack, which is started again. */
export function kill(name: string): void {
  const { processes } = JSON.parse(readFileSync(join(home, 'state.json'), 'utf8')) as State;
  const pid = processes.find((it) => it.name === name)?.process?.pid;
  if (pid === undefined) throw new Error(`this stack runs no ${name}`);
  process.kill(pid, 'SIGKILL');
}
