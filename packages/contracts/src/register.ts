import { DomainError } from '@tradewind/kernel/errors.ts';
import { incompatibleWith } from '#compat.ts';
import { eventDefinitions, eventTypes, type EventType } from '#event.ts';
import { connectRegistry, type RegistryClient } from '#registry-client.ts';

const PARALLEL = 8;

/**
 * Registers every event of this build under FULL_TRANSITIVE, also as the registry's default, and answers how many there
 * are. Idempotent: a schema that is there keeps its id.
 * @throws DomainError SCHEMA_INCOMPATIBLE naming subject and fields; SCHEMA_REGISTRY_UNAVAILABLE
 */
export async function registerSchemas({ registryUrl }: { readonly registryUrl: string }): Promise<number> {
  const client = connectRegistry(registryUrl, 10_000);
  await client.requireFullTransitive();
  const waiting = [...eventTypes];
  const worker = async (): Promise<void> => {
    for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) await registerOne(client, type);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return eventTypes.length;
}

async function registerOne(client: RegistryClient, type: EventType): Promise<void> {
  const { schema } = eventDefinitions[type];
  try {
    await client.register(type, schema);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'SCHEMA_INCOMPATIBLE') throw error;
    const problems = incompatibleWith(schema, await client.versionsOf(type));
    const why = problems.length > 0 ? problems.join('; ') : error.message;
    throw new DomainError(
      'SCHEMA_INCOMPATIBLE',
      'conflict',
      `${type} was refused by the schema registry: ${why}`,
      {
        cause: error,
        details: { subject: type, problems },
      },
    );
  }
}
