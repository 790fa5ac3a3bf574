import type { Projection } from '@tradewind/outbox/projection.ts';
import type { StoredRow } from '@tradewind/outbox/projection-store.ts';
import type { CassandraType } from '@tradewind/outbox/store-layout.ts';
import { types } from 'cassandra-driver';
import { layoutOf } from './cassandra-statements.ts';

const INT = 2 ** 31;

/** The value as the driver takes it. Throws where the column never takes it. */
export function toCassandra(type: CassandraType, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'text':
      return `${value as string}`;
    case 'json':
      return JSON.stringify(value);
    case 'int':
      return whole(value, INT);
    case 'bigint':
      return types.Long.fromNumber(whole(value, Number.MAX_SAFE_INTEGER + 1));
    case 'double':
      return Number(value);
    case 'boolean':
      return value === true;
    case 'timestamp':
      return time(value as string);
    default:
      return type satisfies never;
  }
}

function time(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new RangeError(`${text} is no time`);
  return date;
}

function whole(value: unknown, end: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number >= end || number < -end)
    throw new RangeError(`${number} is out of range`);
  return number;
}

function fromCassandra(type: CassandraType, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'json') return JSON.parse(value as string);
  if (type === 'bigint') return (value as types.Long).toNumber();
  if (type === 'timestamp') return (value as Date).toISOString();
  return value;
}

/** The row as the projection made it. */
export function rowIn(projection: Projection, row: types.Row): StoredRow {
  const columns = Object.entries(layoutOf(projection).columns).map(([name, type]) => [
    name,
    fromCassandra(type, row.get(name)),
  ]);
  return {
    ...(Object.fromEntries(columns) as Record<string, unknown>),
    store_id: String(row.get('store_id')),
    versions: (row.get('versions') as Record<string, number> | null) ?? {},
  };
}
