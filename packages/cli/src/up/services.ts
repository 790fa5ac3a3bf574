import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { serviceEnvironment, serviceUrl, type Stack } from '#environment.ts';
import { checkout } from '#places.ts';
import type { Service } from '#stack.ts';
import type { ProcessSpec } from '#supervisor/spec.ts';

/** Services drain for at most 10 s after SIGTERM (contract); a little more, and they are ended. */
const STOP_MS = 12_000;

export async function serviceSpecs(
  stack: Stack,
  services: readonly Service[],
  caller: NodeJS.ProcessEnv,
  /** Those that they may know of. */
  all: readonly Service[] = services,
): Promise<ProcessSpec[]> {
  for (const folder of ['traces', 'data/schemas'])
    await mkdir(join(stack.places.home, folder), { recursive: true });
  return services.map((service) => ({
    name: service.name,
    kind: 'service',
    command: process.execPath,
    args: [join(checkout, service.folder, 'src/main.ts')],
    env: serviceEnvironment(stack, service, all, caller),
    cwd: join(checkout, service.folder),
    port: stack.ports[service.name],
    probe: { kind: 'http', url: `${serviceUrl(stack, service)}/health/ready` },
    stopSignal: 'SIGTERM',
    stopMs: STOP_MS,
  }));
}
