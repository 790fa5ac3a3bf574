import type { EventType } from '@tradewind/contracts/event.ts';
import type { SchemaRegistry } from '@tradewind/contracts/registry.ts';
import type { Logger } from './logger.ts';

const RETRY_MS = 1_000;

/** Waits for the registry for as long as it takes: until then nothing can be read or published. */
export async function loadSchemas(
  schemas: SchemaRegistry,
  types: readonly EventType[],
  log: Logger,
): Promise<void> {
  for (;;) {
    try {
      return await schemas.load(types);
    } catch (error) {
      log.warn({ error: String(error) }, 'waiting for the schema registry');
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
