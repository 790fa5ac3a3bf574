import type { HttpClient } from '@tradewind/testing/http.ts';
import { as, unique } from '../e2e/stack.fixture.ts';
import { caller, good, type Shop } from './shop.ts';

interface Made {
  readonly orderId: string;
}

const EACH = 4;
const PIECES = 20;
/** So many of each make an order that is canceled only with a second admin's approval. */
const MANY = 200;
const STAFF = ['admin', 'merchant', 'customer'];

/** Orders in every state from which something may be asked: paid, picked, on their way back, waiting for approval. */
export async function laterLifeIn(shop: Shop): Promise<void> {
  const [shopper, staff, other] = await Promise.all([
    caller(shop.storeId, 'CUSTOMER'),
    caller(shop.storeId, 'MERCHANT'),
    as({ sub: 'FUZZ-OTHER-ADMIN', roles: ['ADMIN'], storeId: shop.storeId }),
  ]);
  const learn = (body: unknown): void => STAFF.forEach((name) => shop.known.learn(body, name));

  async function paid(qty: number): Promise<string> {
    const order = await placed(shop, shopper, qty);
    good(await shopper.post(pathOf(order), {}, { idempotencyKey: unique('PAY') }));
    learn(order);
    return `/api/v1/orders/${order.orderId}`;
  }
  async function picked(): Promise<string> {
    const path = await paid(PIECES);
    good(await staff.post(`${path}/fulfill`, {}));
    return path;
  }
  async function comingBack(): Promise<void> {
    const path = await picked();
    const items = shop.pieces.map(({ productId }) => ({ productId, qty: 1 }));
    learn(good(await shopper.post(`${path}/returns`, { items })));
  }
  async function awaitingApproval(): Promise<void> {
    good(await other.post(`${await paid(MANY)}/cancel`, { reason: 'fuzz' }));
  }
  const pending = async () => learn(await placed(shop, shopper, 1));
  for (const make of [pending, () => paid(1), picked, comingBack, awaitingApproval]) {
    await Promise.all(Array.from({ length: EACH }, async () => void (await make())));
  }
}

const pathOf = ({ orderId }: Made): string => `/api/v1/orders/${orderId}/pay`;

async function placed({ pieces }: Shop, shopper: HttpClient, qty: number): Promise<Made> {
  const items = pieces.map(({ productId }) => ({ productId, qty }));
  return good(await shopper.post<Made>('/api/v1/orders', { items }, { idempotencyKey: unique('KEY') }));
}
