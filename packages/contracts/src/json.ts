import { DomainError } from '@tradewind/kernel/errors.ts';
import { formatDecimal, type Decimal } from '#decimal.ts';
import { eventDefinitions, type AnyEvent, type Envelope, type EventType } from '#event.ts';
import { isUnion, type AvroObject, type AvroSchema } from '#schema.ts';

/** An event as REST, webhooks and consoles show it: times as RFC 3339, money as decimal strings. */
export interface JsonEvent extends Omit<
  Envelope<Readonly<Record<string, unknown>>, EventType>,
  'occurredAt'
> {
  readonly occurredAt: string;
}

type Write = (value: unknown, currency: string | undefined) => unknown;

const writers = new Map<EventType, Write>();

/**
 * The JSON of an event. An amount has the digits of the `currency` beside it, or of the one in the record around it.
 * Throws DomainError DECIMAL_INEXACT or UNKNOWN_CURRENCY for an amount that its currency cannot show.
 */
export function toJson(event: AnyEvent): JsonEvent {
  let write = writers.get(event.eventType);
  if (!write) {
    write = writerOf(eventDefinitions[event.eventType].schema, new Map());
    writers.set(event.eventType, write);
  }
  return write(event, undefined) as JsonEvent;
}

const asIs: Write = (value) => value;
const timestamp: Write = (value) => (value as Date).toISOString();
const money: Write = (value, currency) => {
  if (currency === undefined)
    throw new DomainError('EVENT_INVALID', 'bug', 'an amount has no currency beside it');
  return formatDecimal(value as Decimal, currency);
};

function writerOf(schema: AvroSchema, named: Map<string, Write>): Write {
  if (typeof schema === 'string') return named.get(schema) ?? asIs;
  if (isUnion(schema)) return optional(schema, named);
  if (schema.logicalType === 'decimal') return money;
  if (schema.logicalType === 'timestamp-millis') return timestamp;
  if (schema.items !== undefined) {
    const write = writerOf(schema.items, named);
    return (value, currency) => (value as readonly unknown[]).map((item) => write(item, currency));
  }
  if (schema.values !== undefined) {
    const write = writerOf(schema.values, named);
    return (value, currency) =>
      Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, write(item, currency)]));
  }
  return schema.fields === undefined ? asIs : record(schema, named);
}

/** Unions here are always null and one other type. */
function optional(schema: readonly AvroSchema[], named: Map<string, Write>): Write {
  const write = writerOf(schema.find((branch) => branch !== 'null') ?? 'null', named);
  return (value, currency) => (value === null ? null : write(value, currency));
}

function record(schema: AvroObject, named: Map<string, Write>): Write {
  const fields: { name: string; write: Write }[] = [];
  const write: Write = (value, around) => {
    const source = value as Readonly<Record<string, unknown>>;
    const own = source['currency'];
    const currency = typeof own === 'string' ? own : around;
    const target: Record<string, unknown> = {};
    for (const field of fields) target[field.name] = field.write(source[field.name], currency);
    return target;
  };
  if (schema.name !== undefined) named.set(schema.name, write);
  for (const field of schema.fields ?? [])
    fields.push({ name: field.name, write: writerOf(field.type, named) });
  return write;
}
