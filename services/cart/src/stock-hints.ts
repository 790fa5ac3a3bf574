import type { CircuitBreakerPolicy } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import { InventoryService } from '@tradewind/contracts/generated/proto/tradewind/inventory/v1/inventory.ts';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import type { Log } from '@tradewind/outbox/logger.ts';
import { groupCommit } from '@tradewind/postgres/group-commit.ts';
import { boundedCalls } from '@tradewind/service/bounded-calls.ts';
import type { GrpcClient } from '@tradewind/service/grpc-client.ts';
import type { StockHints } from '#cart/view.ts';
import { cartError } from '#errors.ts';

/** Answers what is for sale of some products, as of a moment ago; what is not known is left out. Never throws for inventory's sake. */
export type ReadStockHints = (productIds: readonly string[], context: CommandContext) => Promise<StockHints>;

/** A hint: only the order's reservation decides, so nobody waits long for it, or asks twice within this time. */
const FRESH_MS = 2_000;
const TIMEOUT_MS = 300;
const KEPT = 20_000;

interface Wanted {
  readonly productIds: readonly string[];
  readonly context: CommandContext;
}

export function stockHints(
  grpc: GrpcClient,
  log: Log,
): ReadStockHints & { readonly breaker: CircuitBreakerPolicy } {
  let refused = false;
  const known = new LRUCache<string, number>({ max: KEPT, ttl: FRESH_MS });
  const call = boundedCalls(1, (cause) => cartError('INVENTORY_UNAVAILABLE', { cause }));
  const keyOf = (storeId: string, productId: string): string => `${storeId}\n${productId}`;

  const ask = groupCommit<Wanted, void>({
    groupOf: ({ context }) => context.storeId,
    run: async (storeId, batch) => {
      const productIds = [...new Set(batch.flatMap((wanted) => wanted.productIds))];
      const context = { storeId, correlationId: batch[0]?.context.correlationId ?? '', causationId: null };
      const { stocks } = await call(() =>
        grpc.call(InventoryService.queryStockBatch, { productIds }, context, { timeoutMs: TIMEOUT_MS }),
      );
      refused = false;
      for (const { productId, available } of stocks) known.set(keyOf(storeId, productId), available);
      return batch.map(() => ({ ok: true as const, value: undefined }));
    },
  });

  /** Whatever inventory has against it, such as that it does not know the method yet: the cart is shown without stock. */
  function noteRefusal(error: unknown): void {
    if (!isDomainError(error)) throw error;
    if (error.kind !== 'unavailable' && !refused) {
      refused = true;
      log.warn(
        { error: String(error), code: error.code },
        'inventory refuses to tell stock; carts are shown without',
      );
    }
  }

  async function read(productIds: readonly string[], context: CommandContext): Promise<StockHints> {
    const { storeId } = context;
    const missing = productIds.filter((id) => !known.has(keyOf(storeId, id)));
    if (missing.length > 0) {
      await ask({ productIds: missing, context }).catch(noteRefusal);
    }
    return new Map(
      productIds.flatMap((id) => {
        const available = known.get(keyOf(storeId, id));
        return available === undefined ? [] : [[id, available] as const];
      }),
    );
  }
  return Object.assign(read, { breaker: call.breaker });
}
