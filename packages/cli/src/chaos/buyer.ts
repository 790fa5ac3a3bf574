import { newId } from '@tradewind/kernel/ids.ts';
import type { Goods } from './goods.ts';
import type { PersistentClient, Reply } from './persistent-client.ts';
import { pick } from './random.ts';
import type { Acknowledged } from './records.ts';

export interface Buyer {
  readonly client: number;
  readonly http: PersistentClient;
  readonly token: string;
  /** Of an admin, who cancels some of the paid orders. */
  readonly adminToken: string;
  readonly random: () => number;
  acknowledged(entry: Acknowledged): void;
  /** An answer that no client may get. */
  surprised(subject: string, what: string): void;
}

/** What a buyer is going to do, drawn before the first request: answers don't change what the seed decides next. */
interface Intent {
  readonly items: readonly { readonly productId: string; readonly qty: number }[];
  readonly fate: 'pay' | 'cancel' | 'leave';
  readonly paymentToken: string | undefined;
  readonly asksTwice: boolean;
  readonly regrets: boolean;
}

/** Most payments are plain; some are declined, some meet a faulty gateway, some a callback that comes twice. */
const PAYMENT_TOKENS = [
  ...Array.from({ length: 13 }, () => undefined),
  'tok_decline',
  'tok_fault',
  'tok_duplicate_callback',
];

function intend(goods: readonly Goods[], random: () => number): Intent {
  const first = pick(goods, random);
  const second = pick(goods, random);
  const lines = random() < 0.3 && second !== first ? [first, second] : [first];
  const fate = random();
  return {
    items: lines.map(({ productId }) => ({ productId, qty: 1 + Math.floor(random() * 3) })),
    fate: fate < 0.5 ? 'pay' : fate < 0.7 ? 'cancel' : 'leave',
    paymentToken: pick(PAYMENT_TOKENS, random),
    asksTwice: random() < 0.05,
    regrets: random() < 0.1,
  };
}

/** One order from the basket to its fate. */
export async function buyOnce(buyer: Buyer, goods: readonly Goods[]): Promise<void> {
  const { http, token, client } = buyer;
  const intent = intend(goods, buyer.random);
  const idempotencyKey = newId();
  const place = (): Promise<Reply | undefined> =>
    http.post('/api/v1/orders', idempotencyKey, { items: intent.items }, token);
  const placed = await place();
  if (placed === undefined || (placed.status === 409 && placed.body['code'] === 'INSUFFICIENT_STOCK')) return;
  if (placed.status !== 201) return buyer.surprised('POST /orders', told(placed));
  const orderId = String(placed.body['orderId']);
  buyer.acknowledged({ kind: 'order', orderId, client, idempotencyKey, items: intent.items });
  if (intent.asksTwice) {
    const again = await place();
    if (again !== undefined && (again.status !== 201 || again.body['orderId'] !== orderId))
      buyer.surprised(orderId, `the same request again: ${told(again)}`);
  }
  switch (intent.fate) {
    case 'pay':
      return pay(buyer, orderId, intent);
    case 'cancel':
      return cancel(buyer, orderId, token, [200]);
    case 'leave':
      return;
    default:
      return intent.fate satisfies never;
  }
}

async function pay(buyer: Buyer, orderId: string, { paymentToken, regrets }: Intent): Promise<void> {
  const { http, token, adminToken, client } = buyer;
  const idempotencyKey = newId();
  const body = paymentToken === undefined ? {} : { method: { token: paymentToken } };
  const reply = await http.post(`/api/v1/orders/${orderId}/pay`, idempotencyKey, body, token);
  // 202: the outcome is not known yet and settles by itself.
  if (reply === undefined || reply.status === 202) return;
  if (reply.status === 402 && paymentToken === 'tok_decline') return;
  // The answer to an earlier try was lost, and the order was settled by the event meanwhile.
  const late = reply.status === 409 && reply.body['code'] === 'ORDER_NOT_PAYABLE';
  if (late && (await http.get(`/api/v1/orders/${orderId}`, token))?.body['status'] === 'PAID') return;
  if (reply.status !== 200) return buyer.surprised(orderId, `pay: ${told(reply)}`);
  buyer.acknowledged({ kind: 'payment', orderId, client, idempotencyKey });
  if (regrets) await cancel(buyer, orderId, adminToken, [200, 202]);
}

async function cancel(
  buyer: Buyer,
  orderId: string,
  token: string,
  expected: readonly number[],
): Promise<void> {
  const idempotencyKey = newId();
  const reply = await buyer.http.post(
    `/api/v1/orders/${orderId}/cancel`,
    idempotencyKey,
    { reason: 'regret' },
    token,
  );
  if (reply === undefined) return;
  if (!expected.includes(reply.status)) return buyer.surprised(orderId, `cancel: ${told(reply)}`);
  buyer.acknowledged({ kind: 'cancellation', orderId, client: buyer.client, idempotencyKey });
}

const told = ({ status, body }: Reply): string => `${status} ${JSON.stringify(body).slice(0, 200)}`;
