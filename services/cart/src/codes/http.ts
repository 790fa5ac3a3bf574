import type { HttpApp } from '@tradewind/service/http.ts';
import { versionBody } from '@tradewind/service/strict-bodies.ts';
import { z } from 'zod';
import type { ChangeCart } from '#cart-changes.ts';
import * as input from '#cart/input.ts';
import type { Priced } from '#cart/priced.ts';
import { answerChange, changeReplies } from '#change-request.ts';
import { cartError } from '#errors.ts';
import { addCode, removeCode } from './decide.ts';

const body = z
  .strictObject({ code: input.code, expectedVersion: input.expectedVersion })
  .meta({ example: { code: 'WELCOME10' } });

export function registerCodes(app: HttpApp, change: ChangeCart): void {
  app.route({
    method: 'POST',
    url: '/api/v1/carts/:cartId/codes',
    config: { access: 'public', permission: 'carts:write', idempotency: 'accepted' },
    schema: {
      tags: ['carts'],
      summary: 'Put a discount code into a cart; one that does not apply is refused',
      params: input.cartParams,
      headers: input.cartHeaders,
      body,
      response: changeReplies,
    },
    handler(request, reply) {
      const { code } = request.body;
      return answerChange(request, reply, change, {
        apply: (cart, at) => addCode(cart, { code, ...at }),
        demands: (priced) => mustApply(priced, code),
      });
    },
  });
  app.route({
    method: 'DELETE',
    url: '/api/v1/carts/:cartId/codes/:code',
    config: { access: 'public', permission: 'carts:write' },
    schema: {
      tags: ['carts'],
      summary: 'Take a discount code out of a cart',
      params: input.codeParams,
      headers: input.cartHeaders,
      body: versionBody,
      response: changeReplies,
    },
    handler: (request, reply) =>
      answerChange(request, reply, change, {
        apply: (cart, at) => removeCode(cart, { code: request.params.code, ...at }),
      }),
  });
}

function mustApply({ codeProblems, status, resolution }: Priced, code: string): void {
  const refused = codeProblems.find((problem) => problem.code.toUpperCase() === code.toUpperCase());
  if (refused) throw notApplicable(code, refused.reason);
  if (status !== 'CURRENT') throw cartError('PRICING_UNAVAILABLE', { retryAfter: 2 });
  // A code lowers the price of something.
  if (!resolution) throw notApplicable(code, 'CART_EMPTY');
}

const notApplicable = (code: string, reason: string) =>
  cartError('CODE_NOT_APPLICABLE', {
    message: `${code} cannot be applied: ${reason}`,
    details: { codes: [{ code, reason }] },
  });
