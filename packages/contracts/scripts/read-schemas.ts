import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  isUnion,
  type AvroField,
  type AvroObject,
  type AvroRecord,
  type AvroSchema,
} from '@tradewind/contracts/schema.ts';

export const root = join(import.meta.dirname, '../../..');
const folder = join(root, 'schemas/avro');

export interface EventFile {
  readonly context: string;
  readonly type: string;
  readonly topic: string;
  readonly key: string;
  readonly producer: string;
  readonly major: number;
  /** The payload record, with shared records written out where they are first named. */
  readonly payload: AvroRecord;
}

export function readEnvelope(): AvroRecord {
  return readRecord('envelope.avsc');
}

/** Every event of schemas/avro, checked, by context and then by event type. */
export function readEvents(): EventFile[] {
  const contexts = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return contexts
    .map((entry) => entry.name)
    .sort()
    .flatMap((context) => readContext(context));
}

function readContext(context: string): EventFile[] {
  const files = readdirSync(join(folder, context)).filter((file) => file.endsWith('.avsc'));
  const shared = new Map(
    files
      .filter((file) => !/\.v\d+\.avsc$/.test(file))
      .map((file) => [file.slice(0, -5), readRecord(join(context, file))]),
  );
  const events = files.flatMap((file) => {
    const [, name, major] = /^(\w+)\.v(\d+)\.avsc$/.exec(file) ?? [];
    return name === undefined ? [] : [readEvent(context, file, name, Number(major), shared)];
  });
  return events.sort((a, b) => (a.type < b.type ? -1 : 1));
}

function readEvent(
  context: string,
  file: string,
  name: string,
  major: number,
  shared: ReadonlyMap<string, AvroRecord>,
): EventFile {
  const raw = readRecord(join(context, file)) as AvroRecord &
    Record<'eventType' | 'topic' | 'key' | 'producer', string>;
  const { eventType, topic, key, producer, ...record } = raw;
  const fail = (problem: string): never => {
    throw new Error(`schemas/avro/${context}/${file}: ${problem}`);
  };
  if (raw.name !== (major === 1 ? name : `${name}V${major}`)) fail(`the record must be named after the file`);
  if (!new RegExp(`^ecommerce\\.${context}\\.[a-z_]+\\.[a-z_]+\\.v${major}$`).test(eventType)) {
    fail(`eventType ${eventType} must be ecommerce.${context}.<aggregate>.<event>.v${major}`);
  }
  if (!topic || !producer) fail('topic and producer are required');
  if (record.fields.find((field) => field.name === key)?.type !== 'string')
    fail(`key ${key} must be a string field`);
  const payload = inline(record, shared, new Set()) as AvroRecord;
  const undocumented = undocumentedField(payload);
  if (undocumented) fail(`field ${undocumented} has no doc`);
  return { context, type: eventType, topic, key, producer, major, payload };
}

function readRecord(path: string): AvroRecord {
  return JSON.parse(readFileSync(join(folder, path), 'utf8')) as AvroRecord;
}

/** Avro defines a name once and refers to it from then on, so only the first use gets the record. */
function inline(
  schema: AvroSchema,
  shared: ReadonlyMap<string, AvroRecord>,
  defined: Set<string>,
): AvroSchema {
  if (typeof schema === 'string') {
    const record = shared.get(schema);
    if (!record || defined.has(schema)) return schema;
    defined.add(schema);
    return inline(record, shared, defined);
  }
  if (isUnion(schema)) return schema.map((branch) => inline(branch, shared, defined));
  return {
    ...schema,
    ...(schema.items === undefined ? {} : { items: inline(schema.items, shared, defined) }),
    ...(schema.values === undefined ? {} : { values: inline(schema.values, shared, defined) }),
    ...(schema.fields === undefined
      ? {}
      : {
          fields: schema.fields.map((field): AvroField => ({
            ...field,
            type: inline(field.type, shared, defined),
          })),
        }),
  };
}

/** Every record defined inside a schema, inner ones first. */
export function recordsIn(schema: AvroSchema): AvroRecord[] {
  if (typeof schema === 'string') return [];
  if (isUnion(schema)) return schema.flatMap(recordsIn);
  const object: AvroObject = schema;
  const inner = [object.items, object.values, ...(object.fields ?? []).map((field) => field.type)];
  const found = inner.flatMap((part) => (part === undefined ? [] : recordsIn(part)));
  return object.type === 'record' ? [...found, object as AvroRecord] : found;
}

function undocumentedField(payload: AvroRecord): string | undefined {
  return recordsIn(payload)
    .flatMap((record) => record.fields)
    .find((field) => !field.doc)?.name;
}
