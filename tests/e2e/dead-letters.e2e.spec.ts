import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { tw } from './cli.fixture.ts';
import { sql } from './database.fixture.ts';
import { goods, order, type Product, shopper } from './shop.fixture.ts';
import { admin, as, merchant, stack, unique } from './stack.fixture.ts';

interface Letter {
  readonly id: string;
  readonly consumer: string;
  readonly key: string;
  readonly behind: number;
  readonly errorCode: string;
}

const TOPIC = 'ecommerce.product.product';
const WITHIN = { within: 20_000, every: 300 };
const broker = createKafkaBroker({ clientId: 'e2e', brokers: stack.kafka.split(',') });
afterAll(() => broker.close());

async function table(): Promise<string> {
  const text = `select version from projections where name = 'product_prices' and state = 'live'`;
  const [live] = await sql<{ version: number }>('pricing', text);
  return `product_prices_v${live?.version}`;
}

/** What pricing's base prices say of a product. */
async function row({ productId }: Product): Promise<{ name: string; seen: number }> {
  const text = `select name, (versions->>$2)::int as seen from ${await table()} where product_id = $1`;
  const [found] = await sql<{ name: string; seen: number }>('pricing', text, [productId, TOPIC]);
  if (found === undefined) throw new Error('not there yet');
  return found;
}

async function pretendSeen({ productId }: Product, version: number): Promise<void> {
  const text = `update ${await table()} set versions = jsonb_build_object($2::text, $3::int) where product_id = $1`;
  await sql('pricing', text, [productId, TOPIC, version]);
}

async function rename({ productId }: Product, name: string): Promise<void> {
  expect((await (await merchant()).patch(`/api/v1/products/${productId}`, { name })).status).toBe(200);
}

async function lettersOf({ productId }: Product): Promise<Letter[]> {
  const { output, code, errors } = await tw('dlq', 'ls', '--json');
  expect(code, errors).toBe(0);
  return (JSON.parse(output) as Letter[]).filter(({ key }) => key === productId);
}

/** A product whose third event does not fit its row in product_prices, and a fourth that waits behind. */
async function stuck(): Promise<{ product: Product; letter: Letter }> {
  const product = await goods();
  await rename(product, 'second');
  await eventually(async () => expect(await row(product)).toEqual({ name: 'second', seen: 2 }), WITHIN);
  await pretendSeen(product, 1);
  await rename(product, 'third');
  await rename(product, 'fourth');
  const letter = await eventually(async () => {
    const found = await lettersOf(product);
    expect(found).toMatchObject([{ consumer: 'product_prices', errorCode: 'EVENT_GAP', behind: 1 }]);
    return found[0]!;
  }, WITHIN);
  return { product, letter };
}

describe('tw dlq', { timeout: 120_000 }, () => {
  it('shows an event that does not fit, and applies it and those behind once it does', async () => {
    const { product, letter } = await stuck();
    const shown = await tw('dlq', 'show', letter.id);
    expect([shown.code, shown.output]).toEqual([0, expect.stringContaining('"name": "third"')]);
    expect(shown.output).toMatch(/header aggregateVersion +3/);
    expect((await tw('dlq', 'ls')).output).toContain(letter.id);

    const tooEarly = await tw('dlq', 'retry', letter.id);
    expect([tooEarly.code, tooEarly.output]).toEqual([1, expect.stringContaining('failed again: EVENT_GAP')]);
    await pretendSeen(product, 2);
    const retried = await tw('dlq', 'retry', letter.id);
    expect([retried.code, retried.output]).toEqual([0, expect.stringContaining('applied')]);
    await eventually(async () => expect(await row(product)).toEqual({ name: 'fourth', seen: 4 }), WITHIN);
    expect(await lettersOf(product)).toEqual([]);
  });

  it('holds up no other key meanwhile, and keeps a copy in dlq.<projection>', async () => {
    const { product, letter } = await stuck();
    await order(await shopper(), await goods());
    await eventually(async () => {
      const ends = await broker.endOffsets('dlq.product_prices');
      expect([...ends.values()].some((end) => end > 0n)).toBe(true);
    }, WITHIN);
    await pretendSeen(product, 2);
    expect((await tw('dlq', 'retry', letter.id)).code).toBe(0);
    await eventually(async () => expect(await lettersOf(product)).toEqual([]), WITHIN);
  });

  it('gives one up only when told twice; those behind it go on', async () => {
    const { product, letter } = await stuck();
    const asked = await tw('dlq', 'drop', letter.id);
    expect([asked.code, asked.errors]).toEqual([2, expect.stringContaining('--yes')]);
    const dropped = await tw('dlq', 'drop', letter.id, '--yes');
    expect(dropped.code, dropped.errors).toBe(0);
    await eventually(async () => expect(await row(product)).toEqual({ name: 'fourth', seen: 4 }), WITHIN);
    expect(await lettersOf(product)).toEqual([]);
  });

  it('refuses an id that is none, or is gone', async () => {
    for (const args of [
      ['show', 'nonsense'],
      ['show', 'order:999999999'],
      ['retry'],
      ['drop', 'nowhere:1', '--yes'],
    ]) {
      expect((await tw('dlq', ...args)).code, args.join(' ')).toBe(2);
    }
  });
});

interface Shown {
  readonly deadLetterId: string;
  readonly behind: number;
  readonly bytes: string;
  readonly event: { readonly payload: { readonly name: string } };
}

describe('dead letters over REST', { timeout: 60_000 }, () => {
  const path = '/api/v1/admin/pricing/dead-letters';
  const waiting = async ({ productId }: Product) => {
    const query = `${path}?consumer=product_prices&key=${productId}`;
    return (await (await admin()).get<{ items: Shown[] }>(query)).body.items;
  };
  async function acts(letter: Shown): Promise<string[]> {
    const resource = `dead_letter:pricing:${letter.deadLetterId}`;
    const boss = await as({ sub: 'ADMIN-1', roles: ['ADMIN'] });
    const { body } = await boss.get<{ items: { actor: string; action: string }[] }>(
      `/api/v1/audit-log?resource=${resource}`,
    );
    return body.items.map(({ actor, action }) => `${actor} ${action}`);
  }

  it('are shown, tried again and given up by administrators of their store, and the audit log says so', async () => {
    const { product } = await stuck();
    const [listed] = await waiting(product);
    const boss = await admin();
    const one = await boss.get<Shown>(`${path}/${listed?.deadLetterId}`);
    expect(one.body).toMatchObject({ behind: 1, event: { payload: { name: 'third' } } });
    expect(Buffer.from(one.body.bytes, 'base64').length).toBeGreaterThan(5);
    const stranger = await as({ sub: 'ADMIN-1', roles: ['ADMIN'], storeId: 'STORE-2' });
    expect((await stranger.get(`${path}/${one.body.deadLetterId}`)).body).toMatchObject({
      code: 'DEAD_LETTER_NOT_FOUND',
    });
    expect((await (await merchant()).get(path)).status).toBe(403);

    const idempotencyKey = unique('RETRY');
    const again = () => boss.post(`${path}/${one.body.deadLetterId}/retry`, undefined, { idempotencyKey });
    expect((await again()).status).toBe(202);
    const repeated = await again();
    expect([repeated.status, repeated.headers.get('idempotent-replayed')]).toEqual([202, 'true']);
    await eventually(
      async () => expect(await acts(one.body)).toEqual(['ADMIN-1 dead_letter.retried']),
      WITHIN,
    );
    // It does not fit yet: it waits again, and those behind it too.
    expect(await waiting(product)).toMatchObject([{ behind: 1 }]);

    expect((await boss.delete(`${path}/${one.body.deadLetterId}`)).status).toBe(204);
    await eventually(async () => expect(await row(product)).toEqual({ name: 'fourth', seen: 4 }), WITHIN);
    expect(await waiting(product)).toEqual([]);
    expect((await boss.delete(`${path}/${one.body.deadLetterId}`)).status).toBe(404);
    await eventually(
      async () => expect(await acts(one.body)).toContain('ADMIN-1 dead_letter.dropped'),
      WITHIN,
    );
  });
});
