/** Avro schemas as they stand in schemas/avro, and how an event's registered schema is put together. */
export type AvroSchema = string | readonly AvroSchema[] | AvroObject;

export interface AvroObject {
  readonly type: AvroSchema;
  readonly name?: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly fields?: readonly AvroField[];
  readonly items?: AvroSchema;
  readonly values?: AvroSchema;
  readonly logicalType?: string;
  readonly precision?: number;
  readonly scale?: number;
}

export interface AvroField {
  readonly name: string;
  readonly doc?: string;
  readonly type: AvroSchema;
  readonly default?: unknown;
}

export interface AvroRecord extends AvroObject {
  readonly type: 'record';
  readonly name: string;
  readonly fields: readonly AvroField[];
}

/** TypeScript does not narrow a readonly array by Array.isArray alone. */
export function isUnion(schema: AvroSchema): schema is readonly AvroSchema[] {
  return Array.isArray(schema);
}

/** One event as the generator wrote it down: where it goes, and the record of its payload. */
export interface EventSource<T extends string, P> {
  readonly type: T;
  readonly topic: string;
  /** The payload field that is the partition key. */
  readonly key: keyof P & string;
  readonly producer: string;
  /** major.minor of the payload schema below. */
  readonly schemaVersion: string;
  readonly payload: AvroRecord;
}

/** Where an event goes is part of its contract, so it is registered along with the fields. */
export interface EventSchema extends AvroRecord {
  readonly eventType: string;
  readonly topic: string;
  readonly key: string;
  readonly producer: string;
}

/** The record that is registered under the event type: the envelope with this payload in it. */
export function composeSchema(
  envelope: AvroRecord,
  source: Omit<EventSource<string, never>, 'key'> & { readonly key: string },
): EventSchema {
  const { type: eventType, topic, key, producer, payload } = source;
  return {
    type: 'record',
    name: `${payload.name}Event`,
    ...(payload.namespace === undefined ? {} : { namespace: payload.namespace }),
    ...(payload.doc === undefined ? {} : { doc: payload.doc }),
    eventType,
    topic,
    key,
    producer,
    fields: envelope.fields.map((field) => (field.name === 'payload' ? { ...field, type: payload } : field)),
  };
}
