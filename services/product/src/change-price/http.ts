import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import type { Policy } from '@tradewind/service/policy.ts';
import { forbidden } from '@tradewind/service/principal.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import * as input from '#product/input.ts';
import { existing } from '#product/product.ts';
import { bodyOf, etagOf, productBody } from '#product/representation.ts';
import type { ProductStore } from '#store.ts';
import { changePrice } from './decide.ts';

const body = z
  .strictObject({
    price: input.price,
    currency: input.currency.optional().meta({ description: "the product's own, where given" }),
    expectedVersion: input.expectedVersion,
  })
  .meta({ id: 'NewPrice', example: { price: '9.90', currency: 'USD' } });

export function registerChangePrice(app: HttpApp, store: ProductStore, policy: Policy): void {
  app.put(
    '/api/v1/products/:id/price',
    {
      config: { access: ['ADMIN'], permission: 'prices:write' },
      schema: {
        tags: ['prices'],
        summary: 'Set the price from now on; the old one stays in the history',
        params: input.idParams,
        body,
        response: {
          200: productBody,
          400: problem,
          401: problem,
          403: problem,
          404: problem,
          409: problem,
          422: problem,
        },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const { storeId, sub } = principal;
      // Products of other tenants are not found below, so the tenant is the caller's own here.
      const input = { action: 'override_price', principal, resource: { storeId } } as const;
      if (!policy.evaluate('tradewind/product/decision', input).allow) throw forbidden();
      const expectedVersion = expectedVersionOf(request);
      const { price, currency } = request.body;
      const { state } = await store.handle(
        request.params.id,
        (before, { now }) => changePrice(before, { price, currency, changedBy: sub, expectedVersion, now }),
        { context: contextOf(request, storeId) },
      );
      const changed = existing(state);
      return reply.header('etag', etagOf(changed.version)).send(bodyOf(changed));
    },
  );
}
