import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import * as input from '#product/input.ts';
import { existing } from '#product/product.ts';
import { bodyOf, etagOf, productBody } from '#product/representation.ts';
import type { ProductStore } from '#store.ts';
import { type ProductPatch, updateProduct } from './decide.ts';

const body = z
  .strictObject({
    name: input.name.optional(),
    description: input.description.optional(),
    categoryId: input.categoryId.optional(),
    attributes: input.attributes.optional(),
    images: input.images.optional(),
    expectedVersion: input.expectedVersion,
  })
  .meta({
    id: 'ProductPatch',
    description: 'Fields left out stay as they are; attributes and images are replaced as a whole',
    example: { name: 'Ruby mug', attributes: { color: 'ruby' } },
  });

export function registerUpdateProduct(app: HttpApp, store: ProductStore): void {
  app.patch(
    '/api/v1/products/:id',
    {
      config: { access: ['MERCHANT', 'ADMIN'], permission: 'products:write' },
      schema: {
        tags: ['products'],
        summary: 'Change a product; If-Match or expectedVersion guards against lost updates',
        params: input.idParams,
        body,
        response: { 200: productBody, 400: problem, 401: problem, 403: problem, 404: problem, 409: problem },
      },
    },
    async (request, reply) => {
      const { storeId } = principalOf(request);
      const expectedVersion = expectedVersionOf(request);
      const patch = patchOf(request.body);
      const { state } = await store.handle(
        request.params.id,
        (before, { now }) => updateProduct(before, { patch, expectedVersion, now }),
        { context: contextOf(request, storeId) },
      );
      const updated = existing(state);
      return reply.header('etag', etagOf(updated.version)).send(bodyOf(updated));
    },
  );
}

function patchOf(given: z.infer<typeof body>): ProductPatch {
  const { expectedVersion: _, attributes, ...rest } = given;
  const patch = { ...rest, ...(attributes ? { attributes: input.asText(attributes) } : {}) };
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}
