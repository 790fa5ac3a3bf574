import { readFile } from 'node:fs/promises';
import type { Servers } from './servers.ts';

interface Endpoints {
  readonly kafka: string;
  readonly registry: string;
  readonly redis: string;
  readonly postgres: { readonly url: string };
}

/** Servers that run already. Tests keep to databases, topics and groups of their own there. */
export async function runningServers(file: string): Promise<Servers> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`TW_TEST_ENDPOINTS: ${file} can't be read: is the stack up?`, { cause });
  });
  const { postgres, kafka, registry, redis } = JSON.parse(text) as Endpoints;
  return {
    postgres: () => Promise.resolve({ adminUrl: postgres.url }),
    kafka: () => Promise.resolve({ brokers: kafka.split(',') }),
    registry: () => Promise.resolve({ url: registry }),
    redis: () => Promise.resolve({ url: redis }),
  };
}
