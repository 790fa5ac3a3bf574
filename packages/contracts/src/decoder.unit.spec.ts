import { describe, expect, it } from 'vitest';
import { parseType } from '#avro-types.ts';
import { encode } from '#codec.ts';
import { createDecoder } from '#decoder.ts';
import { eventDefinitions, type AnyEvent } from '#event.ts';
import { stockAdjusted } from '#sample-events.fixture.ts';
import type { AvroField, AvroRecord, EventSchema } from '#schema.ts';

const current = eventDefinitions['ecommerce.inventory.stock.adjusted.v1'].schema;

/** The schema with other payload fields, as an older or newer build of the producer had it. */
function withPayload(change: (fields: readonly AvroField[]) => readonly AvroField[]): EventSchema {
  return {
    ...current,
    fields: current.fields.map((field) => {
      if (field.name !== 'payload') return field;
      const payload = field.type as AvroRecord;
      return { ...field, type: { ...payload, fields: change(payload.fields) } };
    }),
  };
}

function written(schema: object, event: unknown): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 0, 0, 9]), parseType(schema).toBuffer(event)]);
}

describe('decoder', () => {
  it('gives a field that the writer did not have its default', () => {
    const older = withPayload((fields) => fields.filter((field) => field.name !== 'seq'));
    const decoder = createDecoder();
    decoder.learn(9, parseType(older));
    expect(decoder.decode(written(older, stockAdjusted({ seq: 5 })))).toEqual(stockAdjusted({ seq: null }));
  });

  it('skips a field that is newer than this build', () => {
    const newer = withPayload((fields) => [
      { name: 'zone', type: ['null', 'string'], default: null },
      ...fields,
      { name: 'tags', type: { type: 'array', items: 'string' }, default: [] },
    ]);
    const event = stockAdjusted();
    const decoder = createDecoder();
    decoder.learn(9, parseType(newer));
    const bytes = written(newer, { ...event, payload: { ...event.payload, zone: 'A', tags: ['x'] } });
    expect(decoder.decode(bytes)).toEqual(event);
  });

  it('says when a schema is of no event it knows', () => {
    const decoder = createDecoder();
    decoder.learn(9, parseType({ ...current, name: 'StockTeleportedEvent' }));
    const bytes = encode(stockAdjusted(), 9);
    expect(() => decoder.decode(bytes)).toThrow(expect.objectContaining({ code: 'EVENT_UNKNOWN' }));
  });

  it('refuses a writer that it cannot read', () => {
    const other = withPayload((fields) => fields.filter((field) => field.name !== 'delta'));
    expect(() => createDecoder().learn(9, parseType(other))).toThrow(
      expect.objectContaining({ code: 'SCHEMA_UNREADABLE', message: expect.stringContaining('delta') }),
    );
  });

  it('refuses damaged bytes', () => {
    const decoder = createDecoder();
    decoder.learn(9, parseType(current));
    const bytes = encode(stockAdjusted(), 9);
    for (const damaged of [
      bytes.subarray(0, -3),
      Buffer.concat([bytes, Buffer.from([0])]),
      Buffer.from([0, 0, 0, 0, 9, 1]),
    ]) {
      expect(() => decoder.decode(damaged)).toThrow(expect.objectContaining({ code: 'EVENT_MALFORMED' }));
    }
  });

  it('asks for a schema that it was not told of', () => {
    const read = (): AnyEvent => createDecoder().decode(encode(stockAdjusted(), 9));
    expect(read).toThrow(expect.objectContaining({ code: 'SCHEMA_UNKNOWN' }));
  });
});
