import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Message } from '@tradewind/messaging/message.ts';
import { checkHeaders } from '@tradewind/outbox/event-headers.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { groupCommit } from '@tradewind/postgres/group-commit.ts';
import type { StarDatabase } from './database.ts';
import { writeFacts } from './write-facts.ts';

export const starTopics = [
  'ecommerce.order.order',
  'ecommerce.inventory.stock',
  'ecommerce.product.product',
] as const;

/** All others of these topics change no row, and are passed over without being decoded. */
const isWanted = (eventType: string | undefined): boolean =>
  eventType !== undefined &&
  (eventType.startsWith('ecommerce.order.order.') ||
    eventType.startsWith('ecommerce.product.') ||
    eventType === 'ecommerce.inventory.stock.adjusted.v1');

export interface StarPosition {
  readonly topic: string;
  readonly part: number;
  readonly next: bigint;
  /** Epoch ms of the latest event. */
  readonly watermark: number;
}

export interface StarFeed {
  /** Applies a batch of one partition; concurrent partitions share a transaction. */
  apply(batch: readonly Message[]): Promise<void>;
  positions(): Promise<StarPosition[]>;
  /** Tries again what an earlier build could not read. */
  retryParked(): Promise<void>;
}

type Decode = (value: Buffer) => AnyEvent | Promise<AnyEvent>;

interface Read {
  readonly message: Message;
  readonly event?: AnyEvent;
  readonly error?: string;
}

interface Job {
  readonly last: Message;
  readonly read: readonly Read[];
}

interface PositionRow {
  readonly topic: string;
  readonly part: number;
  readonly next_offset: bigint;
  readonly watermark_ms: bigint;
}

const positions = 'select topic, part, next_offset, watermark_ms from input_positions';

interface ParkedRow {
  readonly topic: string;
  readonly part: number;
  readonly position: bigint;
  readonly message_key: string;
  readonly broker_ms: bigint;
  readonly headers: string;
  readonly payload: string;
  readonly error: string;
}

const park = `
  insert into parked_messages
  select topic, part, position, message_key, broker_ms, headers, payload, error from input on conflict do nothing`;
const parkColumns = {
  ...{ topic: 'VARCHAR', part: 'INTEGER', position: 'BIGINT', message_key: 'VARCHAR', broker_ms: 'BIGINT' },
  ...{ headers: 'VARCHAR', payload: 'VARCHAR', error: 'VARCHAR' },
};
const move = `
  insert into input_positions as t select topic, part, next_offset, watermark_ms from input
  on conflict (topic, part) do update set next_offset = excluded.next_offset,
    watermark_ms = greatest(t.watermark_ms, excluded.watermark_ms)`;
const moveColumns = { topic: 'VARCHAR', part: 'INTEGER', next_offset: 'BIGINT', watermark_ms: 'BIGINT' };

/** Rows and the positions of their input commit in one transaction of the engine: exactly once, with one writer. */
export function starFeed(star: StarDatabase, decode: Decode): StarFeed {
  async function read(message: Message): Promise<Read> {
    try {
      const decoded = decode(message.value);
      const event = decoded instanceof Promise ? await decoded : decoded;
      checkHeaders(event, message);
      return { message, event };
    } catch (error) {
      if (error instanceof DomainError && error.retryable) throw error;
      return { message, error: String(error) };
    }
  }

  async function run(jobs: readonly Job[]): Promise<void> {
    await star.transaction(async () => {
      const rows = await star.query<PositionRow>(positions);
      const known = new Map(rows.map((row) => [`${row.topic} ${row.part}`, row.next_offset]));
      const isFresh = ({ topic, partition, offset }: Message): boolean =>
        offset >= (known.get(`${topic} ${partition}`) ?? 0n);
      const fresh = jobs.flatMap((job) => job.read.filter(({ message }) => isFresh(message)));
      const usable = await setAside(fresh);
      await writeFacts(
        star,
        usable.flatMap(({ event }) => event ?? []),
      );
      const moved = new Map<string, object>();
      for (const { last, read: own } of jobs) {
        if (!isFresh(last)) continue;
        const { topic, partition, offset } = last;
        const times = own.map(({ message, event }) =>
          event ? Math.min(event.occurredAt.getTime(), message.timestamp) : 0,
        );
        const watermark_ms = times.reduce((far, time) => Math.max(far, time), 0);
        moved.set(`${topic} ${partition}`, {
          topic,
          part: partition,
          next_offset: offset + 1n,
          watermark_ms,
        });
      }
      await star.write(move, moveColumns, [...moved.values()]);
      failpoint('star.applied');
    });
    failpoint('star.committed');
  }

  /** A poisoned event holds up its own key and no other. */
  async function setAside(read: readonly Read[]): Promise<Read[]> {
    const held = new Set(
      (
        await star.query<{ topic: string; message_key: string }>(
          'select distinct topic, message_key from parked_messages',
        )
      ).map(({ topic, message_key }) => `${topic} ${message_key}`),
    );
    const usable: Read[] = [];
    const parked: object[] = [];
    for (const one of read) {
      const { topic, partition, offset, key, headers, value, timestamp } = one.message;
      if (one.event && !held.has(`${topic} ${key}`)) usable.push(one);
      else {
        held.add(`${topic} ${key}`);
        parked.push({
          ...{ topic, part: partition, position: offset, message_key: key, broker_ms: timestamp },
          ...{ headers: JSON.stringify(headers), payload: value.toString('base64') },
          error: one.error ?? 'waits behind an earlier one',
        });
      }
    }
    await star.write(park, parkColumns, parked);
    return usable;
  }

  const commit = groupCommit<Job, void>({
    groupOf: () => 'all',
    maxBatch: 48,
    run: async (_, jobs) => {
      await run(jobs);
      return jobs.map(() => ({ ok: true as const, value: undefined }));
    },
  });

  return {
    positions: async () =>
      (await star.read<PositionRow>(positions)).map(({ topic, part, next_offset, watermark_ms }) => ({
        ...{ topic, part, next: next_offset, watermark: Number(watermark_ms) },
      })),
    async apply(batch) {
      const last = batch.at(-1);
      if (!last) return;
      const wanted = batch.filter(({ headers }) => isWanted(headers['eventType']));
      await commit({ last, read: await Promise.all(wanted.map(read)) });
    },
    async retryParked() {
      const rows = await star.read<ParkedRow>('select * from parked_messages order by topic, part, position');
      if (rows.length === 0) return;
      const again = await Promise.all(
        rows.map((row) =>
          read({
            ...{ topic: row.topic, partition: row.part, offset: row.position, key: row.message_key },
            ...{ timestamp: Number(row.broker_ms), value: Buffer.from(row.payload, 'base64') },
            headers: JSON.parse(row.headers) as Record<string, string>,
          }),
        ),
      );
      await star.transaction(async () => {
        await star.query('delete from parked_messages');
        await writeFacts(
          star,
          (await setAside(again)).flatMap(({ event }) => event ?? []),
        );
      });
    },
  };
}
