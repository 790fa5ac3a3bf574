import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventDefinitions, eventTypes } from '#event.ts';
import { registerSchemas } from '#register.ts';
import { connectRegistry } from '#registry-client.ts';
import { startRegistry, type RegistryFixture } from '#registry.fixture.ts';
import type { AvroRecord, EventSchema } from '#schema.ts';

const type = 'ecommerce.order.order.paid.v1';

describe('registerSchemas', () => {
  let server: RegistryFixture;
  beforeEach(async () => {
    server = await startRegistry();
  });
  afterEach(() => server.stop());

  it('registers every event under FULL_TRANSITIVE, and keeps the ids when run again', async () => {
    expect(await registerSchemas({ registryUrl: server.url })).toBe(eventTypes.length);
    expect(server.requests).toContain('PUT /apis/ccompat/v7/config');
    const client = connectRegistry(server.url, 1_000);
    const ids = (): Promise<number[]> =>
      Promise.all(eventTypes.map((each) => client.idOf(each, eventDefinitions[each].schema)));
    const first = await ids();
    await registerSchemas({ registryUrl: server.url });
    expect(await ids()).toEqual(first);
    expect(new Set(first).size).toBe(eventTypes.length);
  });

  it('names the subject and the field that was refused', async () => {
    const client = connectRegistry(server.url, 1_000);
    await client.register(type, withNumericPayment(eventDefinitions[type].schema));
    await expect(registerSchemas({ registryUrl: server.url })).rejects.toMatchObject({
      code: 'SCHEMA_INCOMPATIBLE',
      message: expect.stringMatching(/order\.paid\.v1 .*version 1: .*payload\.paymentId/),
    });
  });
});

/** The event as it would look had somebody registered its paymentId as a number. */
function withNumericPayment(schema: EventSchema): EventSchema {
  const fields = schema.fields.map((field) => {
    if (field.name !== 'payload') return field;
    const payload = field.type as AvroRecord;
    const changed = payload.fields.map((each) =>
      each.name === 'paymentId' ? { ...each, type: 'int' } : each,
    );
    return { ...field, type: { ...payload, fields: changed } };
  });
  return { ...schema, fields };
}
