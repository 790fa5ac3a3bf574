import { UsageError } from '#arguments.ts';

/** Where a dead letter lies: a parked event of a consumer, or a row that the relay cannot publish. */
export interface LetterId {
  readonly kind: 'parked' | 'outbox';
  readonly database: string;
  readonly row: bigint;
}

/** The head of a key that waits. */
export interface Letter {
  readonly id: LetterId;
  readonly consumer: string;
  readonly storeId: string;
  readonly topic: string;
  readonly key: string;
  /** Undefined in the outbox: Kafka has not seen it. */
  readonly place: string | undefined;
  readonly errorCode: string;
  readonly error: string;
  readonly attempts: number;
  readonly ageSeconds: number;
  /** Seconds until it is tried again by itself; undefined = it waits for an operator. */
  readonly retryInSeconds: number | undefined;
  /** Events of the same key that wait for this one. */
  readonly behind: number;
}

export interface LetterContent {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
}

/** `order:12`, or `outbox:order:7`. */
export const formatId = ({ kind, database, row }: LetterId): string =>
  `${kind === 'outbox' ? 'outbox:' : ''}${database}:${row}`;

/** @throws UsageError */
export function parseId(text: string): LetterId {
  const match = /^(outbox:)?([a-z][a-z_-]*):(\d{1,18})$/.exec(text);
  if (!match) throw new UsageError(`${text} is no id: they look like order:12 or outbox:order:7`);
  const [, outbox, database = '', row = ''] = match;
  return {
    kind: outbox === undefined ? 'parked' : 'outbox',
    database: database.replaceAll('-', '_'),
    row: BigInt(row),
  };
}
