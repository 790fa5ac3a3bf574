import { pricingGraphql } from '@tradewind/contracts/generated/graphql/pricing.ts';
import { type Caller, serveSubgraph } from '@tradewind/graphql/subgraph.ts';
import { DomainError, isDomainError } from '@tradewind/kernel/errors.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { z } from 'zod';
import * as input from '#input.ts';
import type { ResolveDeps } from '#resolve-prices/grpc.ts';
import { MAX_QTY } from '#resolve-prices/limits.ts';
import { viewOf } from '#resolve-prices/view.ts';
import type { PriceArguments, PricingContext } from './context.ts';
import { resolvers } from './resolvers.ts';

/**
 * The pricing part of the graph. Prices are asked for anew each time, those of one moment in one transaction: what is kept
 * for half a minute could outlive a flash sale.
 */
export function registerGraphql(
  app: HttpApp,
  { resolve, metrics, introspection }: Omit<ResolveDeps, 'codes'> & { introspection: boolean },
): void {
  async function priceOf({ storeId, principal }: Caller, productId: string, args: PriceArguments) {
    const { qty, currency, segment } = checked(args);
    const wanted = {
      ...{ lines: [{ productId, qty }], codes: [], hold: undefined, customerId: principal?.sub },
      ...{ currency, segment: segment ?? principal?.segment },
    };
    try {
      const { lines, validUntil, ...whole } = viewOf(await metrics.resolved(() => resolve(storeId, wanted)));
      const line = lines[0];
      if (!line) return null;
      const { price: amount, listPrice: listAmount, total, appliedRules } = line;
      return { amount, listAmount, total, currency: whole.currency, appliedRules, validUntil };
    } catch (error) {
      if (isDomainError(error) && error.code === 'UNKNOWN_PRODUCT') return null;
      throw error;
    }
  }

  serveSubgraph<PricingContext>(app, {
    sdl: pricingGraphql,
    resolvers,
    introspection,
    contextOf: (caller) => ({
      ...caller,
      priceOf: (productId, args) => priceOf(caller, productId, args),
    }),
  });
}

const argumentsOfPrice = z.object({
  qty: z.int().min(1).max(MAX_QTY).nullish(),
  currency: input.currency.nullish(),
  segment: input.segment.nullish(),
});

/** Under the rules that the REST body has. */
function checked(given: PriceArguments) {
  const { success, data, error } = argumentsOfPrice.safeParse(given);
  if (success) {
    return { qty: data.qty ?? 1, currency: data.currency ?? undefined, segment: data.segment ?? undefined };
  }
  const errors = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const detail = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new DomainError('VALIDATION_FAILED', 'invalid', detail, { details: { errors } });
}
