import type {
  StockBatchQuery,
  StockBatchStatus,
  StockQuery,
  StockStatus,
} from '@tradewind/contracts/generated/proto/tradewind/inventory/v1/inventory.ts';
import type { GrpcCall } from '@tradewind/service/grpc-server.ts';
import { inventoryError } from '#errors.ts';
import type { AvailableOf } from '#stock-levels/available.ts';
import { optionalIdIn } from '#stock/wire.ts';
import { levelsOf, type StockQueries, totalOf } from './queries.ts';

export const queryOverGrpc =
  ({ queries }: { readonly queries: StockQueries }) =>
  async ({ productId, sku, storeId }: StockQuery, { principal }: GrpcCall): Promise<StockStatus> => {
    if (productId === '' && sku === '') {
      throw inventoryError('INVALID_REQUEST', { message: 'product_id or sku is required' });
    }
    const rows = await queries.stockOf(principal.storeId, {
      productId: optionalIdIn(productId, 'product_id'),
      sku: optionalIdIn(sku, 'sku'),
      storeId: optionalIdIn(storeId, 'store_id'),
    });
    const [first] = rows;
    if (!first) throw inventoryError('STOCK_NOT_FOUND');
    return { productId: first.productId, sku: first.sku, ...totalOf(rows), stores: rows.map(levelsOf) };
  };

const MOST = 10_000;

export const queryBatchOverGrpc =
  ({ available }: { readonly available: AvailableOf }) =>
  async ({ productIds }: StockBatchQuery, { principal }: GrpcCall): Promise<StockBatchStatus> => {
    const wanted = [...new Set(productIds)];
    if (wanted.length === 0 || wanted.length > MOST) {
      throw inventoryError('INVALID_REQUEST', { message: `product_ids has 1 to ${MOST} entries` });
    }
    const known = await available(principal.storeId, wanted);
    return { stocks: wanted.map((productId) => ({ productId, available: known.get(productId) ?? 0 })) };
  };
