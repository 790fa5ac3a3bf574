import { eventually } from '@tradewind/testing/eventually.ts';
import { expect } from 'vitest';
import { tw } from '../e2e/cli.fixture.ts';
import { sql } from '../e2e/database.fixture.ts';
import { goods, type Order, order, type Product, shopper } from '../e2e/shop.fixture.ts';
import { merchant, unique } from '../e2e/stack.fixture.ts';

const WITHIN = { within: 60_000, every: 200 };
/** A try that died keeps its lease of 60 s, unless an operator asks again. */
const AFTER_LEASE = { within: 90_000, every: 500 };

interface Letter {
  readonly id: string;
  readonly consumer: string;
  readonly key: string;
  readonly behind: number;
}

/** An event that its consumer cannot handle, until it is cured. */
export interface Poison {
  readonly key: string;
  /** Lets the consumer meet it. */
  send(): Promise<void>;
  cure(): Promise<void>;
  /** The event and all behind it have had their effect, once. */
  expectApplied(): Promise<void>;
}

/** Events of one key that wait, as an operator sees them. */
async function lettersOf(key: string): Promise<Letter[]> {
  const { output, code, errors } = await tw('dlq', 'ls', '--json');
  expect(code, errors).toBe(0);
  return (JSON.parse(output) as Letter[]).filter((letter) => letter.key === key);
}

export const parked = (key: string): Promise<Letter> =>
  eventually(async () => {
    const found = await lettersOf(key);
    expect(found).toHaveLength(1);
    return found[0]!;
  }, WITHIN);

export const settled = (key: string, ask?: () => Promise<unknown>): Promise<void> =>
  eventually(async () => {
    await ask?.();
    expect(await lettersOf(key)).toEqual([]);
  }, AFTER_LEASE);

/** A payment that is captured while the order's stream cannot be read: the reaction to it fails. */
export async function unreadableOrder(): Promise<Poison> {
  const client = await shopper();
  const { orderId } = await order(client, await goods());
  const scramble = (first: number) =>
    sql(
      'order',
      'update order_events set payload = set_byte(payload, 0, $2) where order_id = $1 and version = 1',
      [orderId, first],
    );
  return {
    key: orderId,
    async send() {
      const body = { method: { token: 'tok_timeout_4s' } };
      const path = `/api/v1/orders/${orderId}/pay`;
      const idempotencyKey = unique('PAY');
      // The service that is to die is still starting.
      await eventually(async () => {
        expect((await client.post(path, body, { idempotencyKey })).status).toBe(202);
      }, WITHIN);
      await scramble(255);
    },
    cure: () => scramble(0).then(() => undefined),
    expectApplied: () =>
      eventually(async () => {
        const { body } = await client.get<Order>(`/api/v1/orders/${orderId}`);
        expect([body.status, body.version]).toEqual(['PAID', 3]);
      }, WITHIN),
  };
}

/** A change of a product that does not fit its row in pricing's base prices, and one behind it. */
export async function misfit(): Promise<Poison> {
  const product = await goods();
  const change = async (name: string): Promise<void> => {
    const answer = await (await merchant()).patch(`/api/v1/products/${product.productId}`, { name });
    expect(answer.status).toBe(200);
  };
  await change('second');
  await eventually(async () => expect(await seen(product)).toBe(2), WITHIN);
  return {
    key: product.productId,
    async send() {
      await pretendSeen(product, 1);
      await change('third');
      await change('fourth');
    },
    cure: () => pretendSeen(product, 2),
    expectApplied: () => eventually(async () => expect(await seen(product)).toBe(4), WITHIN),
  };
}

const TOPIC = 'ecommerce.product.product';

async function table(): Promise<string> {
  const text = `select version from projections where name = 'product_prices' and state = 'live'`;
  const [live] = await sql<{ version: number }>('pricing', text);
  return `product_prices_v${live?.version}`;
}

async function seen({ productId }: Product): Promise<number | undefined> {
  const text = `select (versions->>$2)::int as seen from ${await table()} where product_id = $1`;
  const [row] = await sql<{ seen: number }>('pricing', text, [productId, TOPIC]);
  return row?.seen;
}

async function pretendSeen({ productId }: Product, version: number): Promise<void> {
  const text = `update ${await table()} set versions = jsonb_build_object($2::text, $3::int) where product_id = $1`;
  await sql('pricing', text, [productId, TOPIC, version]);
}
