import { randomBytes } from 'node:crypto';
import { type Cast, type Goods, seen } from './journey.ts';

const ON_HAND = 10;

/** A merchant adds a product of its own for this journey, and puts some of it on the shelf. */
export async function stockAProduct(cast: Cast): Promise<Goods> {
  const { merchant, storeId, tell } = cast;
  const sku = `DEMO-${randomBytes(4).toString('hex').toUpperCase()}`;
  const product = { sku, name: 'Demo headphones', price: '64.75', currency: 'USD' };
  const createdAt = Date.now();
  const created = await merchant.send<{ productId: string }>('POST', '/products', product, {
    expected: [201],
  });
  const { productId } = created.body;
  tell({
    ...{
      title: 'A merchant adds a product',
      request: 'POST /api/v1/products',
      body: product,
      ms: created.ms,
      at: createdAt,
    },
    answer: `201 product ${productId}`,
    events: await seen(cast, [['ecommerce.product.product.created.v1', productId]]),
    meaning: 'other services learn of product and price from that event',
  });
  const stock = { productId, onHand: ON_HAND };
  const setAt = Date.now();
  const set = await merchant.send('PUT', `/stores/${storeId}/inventory/${sku}`, stock);
  tell({
    ...{
      title: 'and puts ten on the shelf',
      request: `PUT /api/v1/stores/${storeId}/inventory/${sku}`,
      body: stock,
    },
    ...{ answer: `${set.status} ${ON_HAND} on hand`, ms: set.ms, at: setAt },
    events: await seen(cast, [['ecommerce.inventory.stock.adjusted.v1', productId]]),
  });
  return { productId, sku, qty: 2 };
}
