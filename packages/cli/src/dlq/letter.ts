import type { DeadLetter } from '@tradewind/outbox/dead-letters.ts';
import { UsageError } from '#arguments.ts';

/**
 * Where a dead letter lies: a parked event of a consumer, a row that the relay cannot publish, or the dead-letter topic of
 * a service that has no database.
 */
export interface LetterId {
  readonly kind: 'parked' | 'outbox' | 'topic';
  /** Of a topic its consumer. */
  readonly database: string;
  /** Of a topic the offset. */
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
  /** As its service's database has it; undefined for one of a topic. */
  readonly stored: DeadLetter | undefined;
}

export interface LetterContent {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
}

/** `order:12`, `outbox:order:7` or `topic:iot-bridge:3`. */
export const formatId = ({ kind, database, row }: LetterId): string =>
  `${kind === 'parked' ? '' : `${kind}:`}${database}:${row}`;

/** @throws UsageError */
export function parseId(text: string): LetterId {
  const match = /^(?:(outbox|topic):)?([a-z][a-z_-]*):(\d{1,18})$/.exec(text);
  if (!match)
    throw new UsageError(`${text} is no id: they look like order:12, outbox:order:7 or topic:iot-bridge:3`);
  const [, kind, database = '', row = ''] = match;
  if (kind === 'topic') return { kind, database, row: BigInt(row) };
  return {
    kind: kind === undefined ? 'parked' : 'outbox',
    database: database.replaceAll('-', '_'),
    row: BigInt(row),
  };
}
