import { eventually } from '@tradewind/testing/eventually.ts';
import { admin, as, merchant, stack, unique } from '../e2e/stack.fixture.ts';

interface Made {
  readonly productId: string;
  readonly sku: string;
}

const KINDS = 4;

/** A tenant with something to sell and an order, so that requests can get beyond "there is no such thing". */
export async function furnish(storeId: string): Promise<Record<string, unknown[]>> {
  const currency = 'USD';
  await (await admin(storeId)).post('/api/v1/stores', { storeId, name: 'Fuzzed', currency });
  const staff = await merchant(storeId);
  const products: Made[] = [];
  for (let n = 0; n < KINDS; n++) {
    const product = { sku: unique('FUZZ'), name: 'Fuzzed goods', price: `${n}.25`, currency };
    const { body, status } = await staff.post<Made>('/api/v1/products', product);
    if (status !== 201) throw new Error(`no product to fuzz with: ${status} ${JSON.stringify(body)}`);
    const stock = { productId: body.productId, onHand: 100_000 };
    await staff.put(`/api/v1/stores/${storeId}/inventory/${body.sku}`, stock);
    products.push(body);
  }
  const shopper = await as({ sub: 'FUZZ-CUSTOMER', storeId });
  const orders = await Promise.all(
    products.map(({ productId }) =>
      eventually(async () => {
        const order = { items: [{ productId, qty: 1 }] };
        const options = { idempotencyKey: unique('KEY') };
        const { status, body } = await shopper.post<{ orderId: string }>('/api/v1/orders', order, options);
        if (status !== 201) throw new Error(`no order to fuzz with: ${status} ${JSON.stringify(body)}`);
        return body.orderId;
      }),
    ),
  );
  return {
    productId: products.map(({ productId }) => productId),
    sku: products.map(({ sku }) => sku),
    orderId: orders,
    storeId: [storeId],
    currency: [currency, currency, currency, 'EUR'],
    'service-key': [stack.serviceKey],
    version: [1, 2, 3],
    locale: ['de', 'fr-CA'],
  };
}
