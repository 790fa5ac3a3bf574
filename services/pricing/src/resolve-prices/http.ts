import { storeOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import * as input from '#input.ts';
import type { ResolveDeps } from './grpc.ts';
import { codesIn, MAX_CODES, MAX_LINES, MAX_QTY } from './limits.ts';
import { patiently } from './patiently.ts';
import { resolutionView, viewOf } from './view.ts';

const body = z
  .strictObject({
    lines: z
      .array(z.strictObject({ productId: input.id, qty: z.int().min(1).max(MAX_QTY) }))
      .min(1)
      .max(MAX_LINES),
    currency: input.currency.optional(),
    segment: input.segment.optional().meta({
      description:
        "a look at another segment's prices; the caller's own, unless said. Carts and orders go by the token",
    }),
    codes: z.array(input.code).max(MAX_CODES).default([]),
  })
  .meta({
    id: 'PriceRequest',
    example: {
      lines: [{ productId: '01a1fca3-c02b-7d83-8f26-c90ea3a53227', qty: 2 }],
      currency: 'USD',
      codes: ['SPRING'],
    },
  });

/** `POST /prices/resolve` only looks: it holds no code. */
export function registerResolvePrices(app: HttpApp, { resolve, metrics }: ResolveDeps): void {
  app.post(
    '/api/v1/prices/resolve',
    {
      config: { access: 'public', admission: 'always' },
      schema: {
        tags: ['prices'],
        summary: 'What products cost right now, and what made the price',
        querystring: input.storeQuery,
        body,
        response: { 200: resolutionView, 400: problem, 422: problem },
      },
    },
    async (request) => {
      const { lines, currency, codes } = request.body;
      const segment = request.body.segment ?? request.principal?.segment;
      const wanted = {
        ...{ lines, currency, segment, codes: codesIn(codes), hold: undefined },
        customerId: request.principal?.sub,
      };
      return viewOf(await metrics.resolved(() => patiently(() => resolve(storeOf(request), wanted))));
    },
  );
}
