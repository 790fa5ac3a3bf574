import { SCALE } from '#decimal.ts';
import { isUnion, type AvroRecord, type AvroSchema, type EventSchema } from '#schema.ts';

/** A value for every field, the same each time: golden bytes that use all of a schema. */
export function sampleEvent(schema: EventSchema): unknown {
  return {
    ...(sample(schema, '', new Map()) as object),
    eventType: schema.eventType,
    producer: schema.producer,
  };
}

const fixed: Readonly<Record<string, string>> = {
  currency: 'USD',
  storeId: 'STORE-1',
  schemaVersion: '1.0',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
};

function sample(schema: AvroSchema, name: string, records: Map<string, AvroRecord>): unknown {
  if (isUnion(schema)) return sample(schema.find((branch) => branch !== 'null') ?? 'null', name, records);
  if (typeof schema === 'string') return primitive(schema, name, records);
  if (schema.logicalType === 'decimal') return 129_50n * 10n ** BigInt(SCALE - 2);
  if (schema.logicalType === 'timestamp-millis') return new Date('2026-11-21T08:30:00.123Z');
  if (schema.items !== undefined)
    return [sample(schema.items, name, records), sample(schema.items, name, records)];
  if (schema.values !== undefined) return { color: sample(schema.values, name, records) };
  if (schema.type !== 'record') return sample(schema.type, name, records);
  const record = schema as AvroRecord;
  records.set(record.name, record);
  return Object.fromEntries(
    record.fields.map((field) => [field.name, sample(field.type, field.name, records)]),
  );
}

function primitive(type: string, name: string, records: Map<string, AvroRecord>): unknown {
  switch (type) {
    case 'string':
      return fixed[name] ?? `${name}-1`;
    case 'int':
    case 'long':
      return name.length;
    case 'float':
    case 'double':
      return 0.5;
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'bytes':
      return Buffer.from(name);
    default: {
      const record = records.get(type);
      if (!record) throw new Error(`no sample for ${type}`);
      return sample(record, name, records);
    }
  }
}
