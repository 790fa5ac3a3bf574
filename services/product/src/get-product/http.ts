import { storeOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { SentProduct } from '#cache/open-caches.ts';
import { idParams, storeQuery } from '#product/input.ts';
import { productBody } from '#product/representation.ts';
import type { ProductReader } from './read-through.ts';

export function registerGetProduct(app: HttpApp, read: ProductReader): void {
  app.get(
    '/api/v1/products/:id',
    {
      config: { access: 'public' },
      schema: {
        tags: ['products'],
        summary: 'A product; archived ones stay readable',
        params: idParams,
        querystring: storeQuery,
        response: {
          200: productBody,
          304: z.null().meta({ description: 'If-None-Match names this version' }),
          404: problem,
        },
      },
    },
    (request, reply) => {
      const found = read(storeOf(request), request.params.id);
      if (found instanceof Promise)
        found.then(
          (product) => send(request, reply, product),
          (error) => reply.send(error),
        );
      else send(request, reply, found);
    },
  );
}

function send(request: FastifyRequest, reply: FastifyReply, { etag, body }: SentProduct): void {
  void reply.header('etag', etag);
  const known = request.headers['if-none-match'];
  if (known !== undefined && (known.includes(etag) || known.trim() === '*')) void reply.code(304).send();
  else void reply.type('application/json; charset=utf-8').send(body);
}
