import { randomBytes } from 'node:crypto';
import { type Cast, type Goods, type Order, seen } from './journey.ts';

interface Rule {
  readonly kind: string;
  readonly name: string;
  readonly amount: string;
}

interface Cart {
  readonly cartId: string;
  readonly cartToken?: string;
  readonly items: readonly { readonly appliedRules: readonly Rule[] }[];
  /** What concerns the whole. */
  readonly appliedRules: readonly Rule[];
  readonly totalAmount: string;
  readonly currency: string;
}

interface Looked {
  readonly product: {
    readonly name: string;
    readonly price: { readonly amount: string; readonly listAmount: string; readonly currency: string };
    readonly inventory: { readonly available: number };
  };
}

const LOOK =
  'query ($id: ID!) { product(id: $id) { name price { amount listAmount currency } inventory { available } } }';

const HOUR_MS = 3_600_000;

/** A sale runs and a code is about: a visitor fills a cart, logs in, and checks out. Answers the order. */
export async function shopOnSale(cast: Cast, { productId }: Goods): Promise<Order> {
  const { admin, merchant, visitor, shopper, tell } = cast;
  const now = Date.now();
  const sale = {
    ...{ productIds: [productId], discountPercent: 20 },
    ...{ startsAt: new Date(now).toISOString(), endsAt: new Date(now + HOUR_MS).toISOString() },
  };
  const made = await admin.send<{ saleId: string }>('POST', '/flash-sales', sale);
  tell({
    ...{ title: 'An admin opens a flash sale', request: 'POST /api/v1/flash-sales', body: sale, ms: made.ms },
    ...{ answer: `201 sale ${made.body.saleId}`, at: now },
    events: await seen(cast, [['ecommerce.pricing.flash_sale.started.v1', made.body.saleId]]),
    meaning: 'prices hold by the clock of the database; the event only tells the others',
  });

  const code = {
    code: `DEMO${randomBytes(3).toString('hex').toUpperCase()}`,
    type: 'PERCENTAGE',
    value: 10,
    usageLimit: 1,
  };
  const coded = await merchant.send('POST', '/discount-codes', code);
  tell({
    ...{
      title: 'A merchant gives out a code, good for one order',
      request: 'POST /api/v1/discount-codes',
      body: code,
    },
    ...{ answer: `201 ${code.code}`, ms: coded.ms, at: now, events: [] },
  });

  const looked = await visitor.query<Looked>(LOOK, { id: productId });
  const { name, price, inventory } = looked.body.product;
  tell({
    ...{
      title: 'A visitor looks at it',
      request: `POST /graphql  ${LOOK}`,
      ms: looked.ms,
      at: Date.now(),
      events: [],
    },
    answer: `${name}: ${price.amount} instead of ${price.listAmount} ${price.currency}, ${inventory.available} for sale`,
    meaning: 'one graph; three services answered',
  });

  const begun = await visitor.send<Cart>('POST', '/carts', {});
  const { cartId, cartToken = '' } = begun.body;
  const line = { productId, qty: 2 };
  const headers = { 'cart-token': cartToken };
  const added = await visitor.send<Cart>('POST', `/carts/${cartId}/items`, line, { headers });
  tell({
    ...{
      title: 'and puts two into a cart, without a login',
      request: `POST /api/v1/carts/${cartId}/items`,
      body: line,
    },
    ...{ answer: `${added.status} ${totalOf(added.body)}`, ms: added.ms, at: Date.now(), events: [] },
    meaning: 'the cart belongs to whoever has its token',
  });

  const merged = await shopper.send<Cart>('POST', `/carts/${cartId}/merge`, { cartToken });
  tell({
    ...{
      title: 'The visitor logs in; the cart goes along',
      request: `POST /api/v1/carts/${cartId}/merge`,
      ms: merged.ms,
    },
    ...{
      answer: `${merged.status} cart ${merged.body.cartId}, ${totalOf(merged.body)}`,
      at: Date.now(),
      events: [],
    },
  });

  const cart = `/carts/${merged.body.cartId}`;
  const priced = await shopper.send<Cart>('POST', `${cart}/codes`, { code: code.code });
  const rules = [...priced.body.items, priced.body].flatMap(({ appliedRules }) => appliedRules);
  tell({
    ...{ title: 'and types in the code', request: `POST /api/v1${cart}/codes`, body: { code: code.code } },
    ...{ answer: `${priced.status} ${totalOf(priced.body)}`, ms: priced.ms, at: Date.now(), events: [] },
    meaning: `each price says where it comes from: ${rules.map((rule) => `${rule.kind} ${rule.name} -${rule.amount}`).join(', ')}`,
  });

  const at = Date.now();
  const order = await shopper.send<Order>('POST', `${cart}/checkout`, {}, { expected: [201] });
  const { orderId, totalAmount, currency } = order.body;
  tell({
    ...{ title: 'The cart becomes an order', request: `POST /api/v1${cart}/checkout`, ms: order.ms, at },
    answer: `201 order ${orderId}, ${totalAmount} ${currency}`,
    events: await seen(cast, [
      ['ecommerce.order.order.created.v1', orderId],
      ['ecommerce.cart.cart.checked_out.v1', merged.body.cartId],
    ]),
    meaning: 'one order, however often it is tried: the cart is its idempotency key',
  });

  const payment = { method: { token: 'tok_visa' } };
  const payAt = Date.now();
  const paid = await shopper.send<Order>('POST', `/orders/${orderId}/pay`, payment, { expected: [200, 202] });
  tell({
    ...{
      title: 'and is paid',
      request: `POST /api/v1/orders/${orderId}/pay`,
      body: payment,
      ms: paid.ms,
      at: payAt,
    },
    answer: `${paid.status} ${paid.body.status}`,
    events: await seen(cast, [['ecommerce.order.order.paid.v1', orderId]]),
    meaning: `pricing hears of it: ${code.code} is used up`,
  });
  return order.body;
}

const totalOf = ({ totalAmount, currency }: Cart): string => `${totalAmount} ${currency}`;
