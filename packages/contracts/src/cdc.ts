import avro, { type Type } from 'avsc';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { type CdcRow, cdcTables, type CdcTopic, readerSchema } from '#cdc-tables.ts';
import { HEADER_BYTES, schemaIdOf } from '#codec.ts';
import { connectRegistry } from '#registry-client.ts';

/** How a row came to be told: read from the table (a snapshot), or created, updated, deleted since. */
type Operation = 'read' | 'created' | 'updated' | 'deleted';

type ChangeOf<Topic extends CdcTopic> = {
  readonly topic: Topic;
  readonly operation: Operation;
  /** After a deletion only the columns of the key count. */
  readonly row: CdcRow<Topic>;
  /** When the database committed it, in epoch ms; of a row that was read: when it was read. */
  readonly committedAtMs: number;
  /** Place in the database's log. */
  readonly lsn: bigint;
};

/** One telling of a row. A row may be told again, also an older state of it: compare versions (see `cdcTables`). */
export type CdcChange<Topic extends CdcTopic = CdcTopic> = { [T in CdcTopic]: ChangeOf<T> }[Topic];

export interface CdcDecoder {
  /**
   * The change in a message: at once where its schema is known, else a promise that fetches the schema first. Undefined
   * for a tombstone, which only lets the broker forget a deleted row.
   * @throws DomainError EVENT_MALFORMED (dead letter); EVENT_UNKNOWN for a table that is none of ours;
   * SCHEMA_REGISTRY_UNAVAILABLE (retry)
   */
  decode(message: Buffer): CdcChange | undefined | Promise<CdcChange>;
  /** Fetches the schemas of these messages, so that `decode` answers each of them at once. */
  prepare(messages: Iterable<Buffer>): Promise<void>;
}

export interface CdcDecoderOptions {
  /** Base of the Confluent API, as `http://127.0.0.1:18081/apis/ccompat/v7`. */
  readonly url: string;
  /** Limit for one request; there are three tries. */
  readonly timeoutMs?: number;
}

type Read = (message: Buffer) => CdcChange;

/** Decodes what the connectors of infra/debezium write: Avro in Confluent wire format, by the registry's schemas. */
export function createCdcDecoder({ url, timeoutMs = 3_000 }: CdcDecoderOptions): CdcDecoder {
  const client = connectRegistry(url, timeoutMs);
  const readers = new Map<number, Promise<Read>>();
  const known = new Map<number, Read>();

  function learn(id: number): Promise<Read> {
    const pending =
      readers.get(id) ??
      client.schemaOf(id).then(
        (writer) => {
          const read = readerOf(writer.schema({ exportAttrs: true }) as object);
          known.set(id, read);
          return read;
        },
        (error: unknown) => {
          readers.delete(id);
          throw error;
        },
      );
    readers.set(id, pending);
    return pending;
  }

  return {
    decode(message) {
      if (message.length === 0) return undefined;
      const id = schemaIdOf(message);
      const read = known.get(id);
      return read === undefined ? learn(id).then((learned) => learned(message)) : read(message);
    },
    async prepare(messages) {
      const ids = new Set<number>();
      for (const message of messages) if (message.length > 0) ids.add(schemaIdOf(message));
      await Promise.all([...ids].map(learn));
    },
  };
}

/** Columns of 64 bits hold what no JavaScript number can. */
const long = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint' && BigInt.asIntN(64, value) === value,
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});

/** Exported for tests, which write such records themselves. */
export const cdcType = (schema: object): Type =>
  avro.Type.forSchema(schema as Parameters<typeof avro.Type.forSchema>[0], {
    // avsc notes the names it meets in the registry, so each schema gets its own.
    registry: { long },
    wrapUnions: 'never',
    omitRecordMethods: true,
  });

interface Row {
  readonly __deleted: string | null;
  readonly __op: string | null;
  readonly __source_ts_ms: bigint | null;
  readonly __source_lsn: bigint | null;
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  r: 'read',
  c: 'created',
  u: 'updated',
  d: 'deleted',
};

/** Exported for tests. */
export function readerOf(writerSchema: object): Read {
  const writer = cdcType(writerSchema);
  const topic = writer.name?.replace(/\.Value$/, '') ?? '';
  if (!Object.hasOwn(cdcTables, topic))
    throw new DomainError('EVENT_UNKNOWN', 'rejected', `no table of this build is told as ${topic}`);
  const type = cdcType(readerSchema(topic as CdcTopic));
  const resolver = type.createResolver(writer);
  return (message) => {
    let result: { value: Row; offset: number };
    try {
      result = type.decode(message, HEADER_BYTES, resolver) as typeof result;
    } catch (cause) {
      throw malformed(topic, { cause });
    }
    if (result.offset !== message.length) throw malformed(topic);
    const { __deleted, __op, __source_ts_ms: ms, __source_lsn: lsn, ...row } = result.value;
    const operation = __deleted === 'true' ? 'deleted' : OPERATIONS[__op ?? ''];
    // No database of ours holds a zero character: such bytes were changed on their way, and no consumer could store them.
    const unstorable = Object.values(row).some((value) => typeof value === 'string' && value.includes('\0'));
    if (operation === undefined || unstorable) throw malformed(topic);
    // The reader's schema is made of the same columns as the type.
    return { topic, operation, row, committedAtMs: Number(ms ?? 0n), lsn: lsn ?? 0n } as unknown as CdcChange;
  };
}

function malformed(topic: string, options: { cause?: unknown } = {}): DomainError {
  return new DomainError(
    'EVENT_MALFORMED',
    'invalid',
    `the bytes do not decode as a row of ${topic}`,
    options,
  );
}
