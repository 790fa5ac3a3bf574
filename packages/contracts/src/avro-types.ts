import avro, { type Type } from 'avsc';
import { refuseMadeUpLengths } from '#avro-lengths.ts';
import { isDecimal, PRECISION, SCALE } from '#decimal.ts';
import type { AvroSchema } from '#schema.ts';

refuseMadeUpLengths();

const scratch = Buffer.alloc(8);

/** Shortest two's complement, big-endian, as Avro asks for. */
export function decimalToBytes(value: bigint): Buffer {
  if (BigInt.asIntN(64, value) !== value) return wideToBytes(value);
  scratch.writeBigInt64BE(value);
  const padding = value < 0n ? 0xff : 0;
  let start = 0;
  // A padding byte may go only while the next one still shows the sign.
  while (
    start < 7 &&
    scratch[start] === padding &&
    ((scratch[start + 1] as number) & 0x80) === (padding & 0x80)
  )
    start++;
  const bytes = Buffer.allocUnsafe(8 - start);
  scratch.copy(bytes, 0, start);
  return bytes;
}

function wideToBytes(value: bigint): Buffer {
  let length = 9;
  while (BigInt.asIntN(length * 8, value) !== value) length++;
  const hex = BigInt.asUintN(length * 8, value).toString(16);
  return Buffer.from(hex.padStart(length * 2, '0'), 'hex');
}

export function decimalFromBytes(bytes: Buffer): bigint {
  const { length } = bytes;
  if (length === 0) return 0n;
  if (length <= 6) return BigInt(bytes.readIntBE(0, length));
  if (length === 8) return bytes.readBigInt64BE(0);
  return BigInt.asIntN(length * 8, BigInt(`0x${bytes.toString('hex')}`));
}

interface DecimalSchema {
  readonly precision?: number;
  readonly scale?: number;
}

/**
 * Avro decimal ↔ bigint in units of 10^-4. One precision and scale for all money: a schema with another one is refused,
 * or counts as plain bytes, which nothing here reads as an amount. So a reader can never be off by a power of ten.
 */
class DecimalType extends avro.types.LogicalType {
  constructor(schema: DecimalSchema & AvroSchemaInput, options?: unknown) {
    super(schema, options);
    if (schema.precision !== PRECISION || schema.scale !== SCALE) {
      throw new Error(`decimal(${schema.precision},${schema.scale}) is not decimal(${PRECISION},${SCALE})`);
    }
  }
  protected override _fromValue(bytes: Buffer): bigint {
    return decimalFromBytes(bytes);
  }
  protected override _toValue(value: unknown): Buffer | undefined {
    return isDecimal(value) ? decimalToBytes(value) : undefined;
  }
  protected override _resolve(writer: Type): unknown {
    return writer instanceof DecimalType ? same : undefined;
  }
  protected override _export(schema: AvroSchemaInput): void {
    Object.assign(schema, { precision: PRECISION, scale: SCALE });
  }
}

/** avsc writes a wrong number, silently, for a long below this one: 2^53 is where its zigzag arithmetic loses the last bit. */
const LONG_MIN = -(2 ** 52);
/** The largest long that avsc takes. */
const LONG_MAX = 2 ** 53 - 2;

/** Avro timestamp-millis ↔ Date. */
class TimestampMillisType extends avro.types.LogicalType {
  protected override _fromValue(millis: number): Date {
    return new Date(millis);
  }
  protected override _toValue(value: unknown): number | undefined {
    if (!(value instanceof Date)) return undefined;
    const millis = value.getTime();
    return millis >= LONG_MIN ? millis : undefined;
  }
  protected override _resolve(writer: Type): unknown {
    return writer instanceof TimestampMillisType ? same : undefined;
  }
}

/** A long that counts from 0, as a device's sequence number. Plain longs are not allowed in schemas, see LONG_MIN. */
class SequenceType extends avro.types.LogicalType {
  protected override _fromValue(value: number): number {
    return value;
  }
  protected override _toValue(value: unknown): number | undefined {
    return typeof value === 'number' && value >= 0 && value <= LONG_MAX && Number.isInteger(value)
      ? value
      : undefined;
  }
  protected override _resolve(writer: Type): unknown {
    return writer instanceof SequenceType ? same : undefined;
  }
}

// avsc hands the writer's own value to the resolver: a logical writer has converted it already.
const same = (value: unknown): unknown => value;

type AvroSchemaInput = ConstructorParameters<typeof avro.types.LogicalType>[0];

/** How every schema of ours is parsed, here and inside the registry client. */
export const parseOptions = {
  logicalTypes: { decimal: DecimalType, 'timestamp-millis': TimestampMillisType, sequence: SequenceType },
  wrapUnions: 'never',
  omitRecordMethods: true,
} as const;

/**
 * A compiled reader and writer of one of our schemas. Throws avsc's error on a schema that is not valid Avro, and on a
 * decimal of another size.
 */
export function parseType(schema: AvroSchema | object): Type {
  // A copy, because avsc keeps the names it has seen in the options.
  return avro.Type.forSchema(schema as Parameters<typeof avro.Type.forSchema>[0], {
    ...parseOptions,
    assertLogicalTypes: true,
  });
}
