import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '@tradewind/messaging/broker.ts';
import {
  deadLetter,
  deadLetterContent,
  deadLetters,
  type DeadLetterFilter,
  dropDeadLetter,
  retryDeadLetter,
} from './dead-letters.ts';
import { claimDue, parkEvent } from './parked.ts';
import { passedOver } from './passed-over.ts';
import { levels, levelTables, messageSource, type Sample } from './projection.fixture.ts';
import { stockDatabase, type StockDatabase, TOPIC } from './stock.fixture.ts';

const CONSUMER = 'stock.on-something';
const failure = { code: 'UNEXPECTED', message: 'boom', attempts: 3, retryIn: undefined };

describe('dead letters', () => {
  let database: StockDatabase;
  let message: (sample: Sample) => Message;
  beforeAll(async () => {
    database = await stockDatabase();
    await database.sql(levelTables);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.sql('truncate passed_over_events, parked_events, outbox, inbox');
    message = messageSource();
  });

  const as = <T>(work: Parameters<typeof database.db.transaction<T>>[1], storeId = 'STORE-1') =>
    database.db.transaction(storeId, work);
  const list = (filter: DeadLetterFilter = {}) => as((tx) => deadLetters(tx, filter));
  /** Versions of one key for a consumer: the first has failed, the others wait behind it. */
  const park = async (consumer: string, key: string, ...versions: number[]): Promise<Message[]> => {
    const messages = versions.map((version) => message({ key, version }));
    for (const [at, one] of messages.entries())
      await as((tx) => parkEvent(tx, consumer, one, at === 0 ? failure : undefined));
    return messages;
  };
  const due = () => as(async (tx) => (await claimDue(tx, [CONSUMER], 9)).map((one) => one.message.offset));

  it('are the heads of keys that wait, of one tenant, in pages', async () => {
    await park(CONSUMER, 'P1', 1, 2, 3);
    await park(CONSUMER, 'P2', 1);
    const all = await list();
    expect(all).toMatchObject([
      { consumer: CONSUMER, topic: TOPIC, key: 'P1', errorCode: 'UNEXPECTED', attempts: 3, behind: 2 },
      { key: 'P2', behind: 0, nextAttemptAt: undefined },
    ]);
    expect(await list({ key: 'P2' })).toEqual(all.slice(1));
    expect(await list({ consumer: 'another' })).toEqual([]);
    expect(await list({ limit: 1 })).toEqual(all.slice(0, 1));
    expect(await list({ limit: 1, after: all[0]!.id })).toEqual(all.slice(1));
    expect(await as((tx) => deadLetters(tx), 'STORE-2')).toEqual([]);
  });

  it('have their bytes as they came', async () => {
    const [first] = await park(CONSUMER, 'P1', 1);
    const [{ id } = { id: { kind: 'parked' as const, row: 0n } }] = await list();
    expect(await as((tx) => deadLetterContent(tx, id))).toEqual({
      headers: first?.headers,
      payload: first?.value,
    });
    expect(await as((tx) => deadLetterContent(tx, id), 'STORE-2')).toBeUndefined();
  });

  it('are tried again from their head; what waits behind is no letter by itself', async () => {
    const [first, second] = await park(CONSUMER, 'P1', 1, 2);
    const [head] = await list();
    const behind = { kind: 'parked', row: head!.id.row + 1n } as const;
    expect(await as((tx) => deadLetter(tx, behind))).toBeUndefined();
    expect(await due()).toEqual([]);
    for (let times = 0; times < 2; times++) await as((tx) => retryDeadLetter(tx, head!.id));
    expect(await due()).toEqual([first?.offset]);
    expect(second?.offset).not.toBe(first?.offset);
  });

  it('of a handler count as applied when they are given up, and the next one is due', async () => {
    const [first, second] = await park(CONSUMER, 'P1', 1, 2);
    const [head] = await list();
    await as((tx) => dropDeadLetter(tx, head!));
    const receipts = await database.sql<{ id: string }>(
      'select event_id as id from inbox where consumer = $1',
      [CONSUMER],
    );
    expect(receipts).toEqual([{ id: first?.headers['eventId'] }]);
    expect(await due()).toEqual([second?.offset]);
    // Somebody else was as fast: nothing more happens.
    await as((tx) => dropDeadLetter(tx, head!));
    expect(await list()).toHaveLength(1);
  });

  it('of a projection are passed over by every version of it', async () => {
    await park(levels.name, 'P1', 3);
    const [head] = await list();
    for (let times = 0; times < 2; times++) await as((tx) => dropDeadLetter(tx, head!));
    const place = { topic: TOPIC, key: 'P1' };
    expect(await as((tx) => passedOver(tx, levels.name, place))).toEqual(new Set([3]));
    expect(await as((tx) => passedOver(tx, levels.name, place), 'STORE-2')).toEqual(new Set());
    expect(await list()).toEqual([]);
  });

  it('of the relay go back to it, or are lost to everybody', async () => {
    const add = `insert into outbox (store_id, topic, partition_key, event_id, event_type, aggregate_version, correlation_id,
      payload, parked_reason) values ('STORE-1', 't', $1, gen_random_uuid(), 'T', 1, 'c', 'x', 'too large')`;
    await database.sql(add, ['P1']);
    await database.sql(add, ['P2']);
    const [one, two] = await list();
    expect(one).toMatchObject({
      consumer: 'relay',
      errorCode: 'UNPUBLISHED',
      error: 'too large',
      offset: undefined,
    });
    await as((tx) => retryDeadLetter(tx, one!.id));
    await as((tx) => dropDeadLetter(tx, two!));
    const left = await database.sql('select partition_key as key, parked_reason as reason from outbox');
    expect(left).toEqual([{ key: 'P1', reason: null }]);
  });
});
