import { encode } from '@tradewind/contracts/codec.ts';
import { toDecimal } from '@tradewind/contracts/decimal.ts';
import { type AnyEvent, makeEvent } from '@tradewind/contracts/event.ts';
import { createSchemaRegistry } from '@tradewind/contracts/registry.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { tw } from './cli.fixture.ts';
import { sql } from './database.fixture.ts';
import { becomes, goods, order, shopper } from './shop.fixture.ts';
import { stack } from './stack.fixture.ts';

interface Letter {
  readonly id: string;
  readonly consumer: string;
  readonly key: string;
  readonly behind: number;
  readonly errorCode: string;
}

const TOPIC = 'ecommerce.product.product';
const broker = createKafkaBroker({ clientId: 'e2e', brokers: stack.kafka.split(',') });
const schemas = createSchemaRegistry({ url: stack.registry });
afterAll(() => broker.close());

/** A product as the product service would announce it, without one behind it. */
function productCreated(productId: string, aggregateVersion: number): AnyEvent {
  const now = new Date();
  return makeEvent(
    'ecommerce.product.product.created.v1',
    {
      ...{ productId, sku: productId, name: 'Ghost', description: null, price: toDecimal(100n, 'USD'), currency: 'USD' },
      ...{ categoryId: null, attributes: {}, images: [], status: 'ACTIVE', version: aggregateVersion, createdAt: now, updatedAt: now },
    } as never,
    { eventId: newId(), occurredAt: now, traceId: '0'.repeat(32), correlationId: newId(), causationId: null, storeId: 'STORE-9', aggregateVersion },
  );
}

async function publish(key: string, eventId: string, version: number, value: Buffer): Promise<void> {
  const headers = {
    ...{ eventId, eventType: 'ecommerce.product.product.created.v1', storeId: 'STORE-9' },
    ...{ aggregateVersion: String(version), correlationId: newId() },
  };
  await broker.publisher().publish(TOPIC, [{ key, value, headers }]);
}

async function lettersOf(key: string): Promise<Letter[]> {
  const { output, code, errors } = await tw('dlq', 'ls', '--json');
  expect(code, errors).toBe(0);
  return (JSON.parse(output) as Letter[]).filter((one) => one.key === key);
}

/** An unreadable event and a good one behind it, parked by every projection of the topic. */
async function poison(): Promise<{ key: string; letters: Letter[] }> {
  const key = newId();
  await schemas.load(['ecommerce.product.product.created.v1']);
  await publish(key, newId(), 1, Buffer.from('not avro at all'));
  const good = productCreated(key, 2);
  await publish(key, good.eventId, 2, encode(good, schemas.idFor('ecommerce.product.product.created.v1')));
  const letters = await eventually(
    async () => {
      const found = await lettersOf(key);
      expect(found).toHaveLength(2);
      expect(found.every(({ behind }) => behind === 1)).toBe(true);
      return found;
    },
    { within: 20_000, every: 500 },
  );
  return { key, letters };
}

describe('tw dlq', { timeout: 120_000 }, () => {
  it('shows what cannot be read; others are not held up; a drop lets those behind go on', async () => {
    const { key, letters } = await poison();
    expect(letters.map(({ consumer }) => consumer).sort()).toEqual(['product_prices', 'product_summary']);
    const letter = letters.find(({ consumer }) => consumer === 'product_prices')!;
    expect(letter.errorCode).toBe('EVENT_MALFORMED');

    const client = await shopper();
    await becomes(client, await order(client, await goods()), 'PENDING');

    const shown = await tw('dlq', 'show', letter.id);
    expect([shown.code, shown.output]).toEqual([0, expect.stringContaining('not readable')]);
    expect(shown.output).toContain(`header eventId`);

    const retried = await tw('dlq', 'retry', letter.id);
    expect([retried.code, retried.output]).toEqual([1, expect.stringContaining('failed again')]);

    const undecided = await tw('dlq', 'drop', letter.id);
    expect([undecided.code, undecided.errors]).toEqual([2, expect.stringContaining('--yes')]);
    for (const one of letters) {
      const dropped = await tw('dlq', 'drop', one.id, '--yes');
      expect(dropped.code, dropped.errors).toBe(0);
    }
    await eventually(async () => {
      const rows = await sql('order', 'select name from product_prices where product_id = $1', [key]);
      expect(rows).toEqual([{ name: 'Ghost' }]);
      expect(await lettersOf(key)).toEqual([]);
    }, { within: 20_000 });
  });

  it('keeps a dead letter in the topic of its consumer', async () => {
    const { letters } = await poison();
    await eventually(async () => {
      const ends = await broker.endOffsets('dlq.product_prices');
      expect([...ends.values()].some((end) => end > 0n)).toBe(true);
    }, { within: 20_000 });
    for (const one of letters) await tw('dlq', 'drop', one.id, '--yes');
  });

  it('refuses an id that is none, or is gone', async () => {
    for (const args of [['show', 'nonsense'], ['show', 'order:999999999'], ['retry'], ['drop', 'nowhere:1', '--yes']]) {
      expect((await tw('dlq', ...args)).code, args.join(' ')).toBe(2);
    }
  });
});
