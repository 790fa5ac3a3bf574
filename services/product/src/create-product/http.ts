import { newId } from '@tradewind/kernel/ids.ts';
import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import * as input from '#product/input.ts';
import { priceIn } from '#product/price.ts';
import { existing } from '#product/product.ts';
import { bodyOf, etagOf, productBody } from '#product/representation.ts';
import type { ProductStore } from '#store.ts';
import { createProduct } from './decide.ts';

const body = z
  .strictObject({
    sku: input.sku,
    name: input.name,
    description: input.description.optional(),
    price: input.price,
    currency: input.currency,
    categoryId: input.categoryId.optional(),
    attributes: input.attributes.optional(),
    images: input.images.optional(),
  })
  .meta({
    id: 'NewProduct',
    example: {
      sku: 'MUG-RED',
      name: 'Red mug',
      description: 'Holds 300 ml',
      price: '12.50',
      currency: 'USD',
      categoryId: 'kitchen',
      attributes: { color: 'red' },
      images: ['https://cdn.example.com/mug-red.jpg'],
    },
  });

const locationOf = ({ productId }: { productId: string }): string => `/api/v1/products/${productId}`;

export function registerCreateProduct(app: HttpApp, store: ProductStore): void {
  app.post(
    '/api/v1/products',
    {
      config: {
        access: ['MERCHANT', 'ADMIN'],
        permission: 'products:write',
        idempotency: 'accepted',
        locationOf,
      },
      schema: {
        tags: ['products'],
        summary: 'Add a product',
        body,
        response: { 201: productBody, 400: problem, 401: problem, 403: problem, 409: problem },
      },
    },
    async (request, reply) => {
      const { storeId } = principalOf(request);
      const { price, ...given } = request.body;
      const command = {
        productId: newId(),
        sku: given.sku,
        name: given.name,
        description: given.description ?? null,
        priceMinor: priceIn(price, given.currency),
        currency: given.currency,
        categoryId: given.categoryId ?? null,
        attributes: input.asText(given.attributes ?? {}),
        images: given.images ?? [],
      };
      const { state } = await store.handle(
        command.productId,
        (before, { now }) => createProduct(before, { ...command, now }),
        {
          context: contextOf(request, storeId),
          create: true,
          ...replying(request, (after: { state: Parameters<typeof existing>[0] }) => ({
            status: 201,
            body: JSON.stringify(bodyOf(existing(after.state))),
          })),
        },
      );
      const created = existing(state);
      return reply
        .code(201)
        .header('location', locationOf(created))
        .header('etag', etagOf(created.version))
        .send(bodyOf(created));
    },
  );
}
