import { httpClient } from '@tradewind/testing/http.ts';
import { describe, expect, it } from 'vitest';
import { goods, order, shopper, stockPath } from '../e2e/shop.fixture.ts';
import { admin, refusal, unique, urlOf } from '../e2e/stack.fixture.ts';
import { grpcServices, namingThings } from './grpc.fixture.ts';

describe('an API token', () => {
  it('is taken by every service for what it is limited to, and for nothing else', async () => {
    const product = await goods();
    const { orderId } = await order(await shopper(), product);
    const permissions = ['orders:read', 'inventory:read', 'users:read'];
    const body = { name: unique('partner'), roles: ['ADMIN'], permissions };
    const made = await (await admin()).post<{ secret: string }>('/api/v1/api-tokens', body);
    const partner = httpClient(urlOf(), made.body.secret);

    const allowed = [`/api/v1/orders/${orderId}`, stockPath(product), '/api/v1/users'];
    for (const path of allowed) expect((await partner.get(path)).status, path).toBe(200);
    const refused = [
      await partner.post(`/api/v1/orders/${orderId}/cancel`, {}),
      await partner.put(stockPath(product), { productId: product.productId, onHand: 1 }),
      await partner.get('/api/v1/roles'),
      await partner.put(`/api/v1/products/${product.productId}/price`, { price: '1.00', currency: 'USD' }),
      await partner.get('/api/v1/payments?orderId=none'),
    ];
    expect(refused.map(refusal)).toEqual(refused.map(() => [403, 'FORBIDDEN']));

    const inventory = grpcServices().find(({ methods }) => methods.includes('QueryStock'));
    const messages = namingThings({ reservationId: orderId, productId: product.productId });
    const ask = (method: string) => inventory?.call(method, made.body.secret, messages[method]);
    expect(await ask('QueryStock')).toBe('ok');
    expect(await ask('ReleaseStock')).toBe('403');
    inventory?.close();
  });
});
