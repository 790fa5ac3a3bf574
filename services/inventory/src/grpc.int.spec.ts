import {
  InventoryService,
  ReserveRequest,
  ReservationState,
} from '@tradewind/contracts/generated/proto/tradewind/inventory/v1/inventory.ts';
import { fromStatus } from '@tradewind/contracts/grpc-status.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { type GrpcClient, grpcClient } from '@tradewind/service/grpc-client.ts';
import type { GrpcServer } from '@tradewind/service/grpc-server.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import { tokenVerifier } from '@tradewind/service/tokens.ts';
import { type TokenIssuer, tokenIssuer } from '@tradewind/testing/tokens.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inventoryGrpc } from '#grpc.ts';
import { contextIn, openInventory } from '#inventory.fixture.ts';
import { reservationMetrics } from '#metrics.ts';
import { stockQueries } from '#read-stock/queries.ts';
import { availableReader } from '#stock-levels/available.ts';

const { reserveStock, reserveStockBatch, releaseStock, confirmReservation, holdReservation, queryStock } =
  InventoryService;
/** Remembers nothing. */
const noCache = { read: async (ids: readonly string[]) => ids.map(() => undefined), keep: () => undefined };
const context = contextIn('STORE-1');

let inventory: Awaited<ReturnType<typeof openInventory>>;
let issuer: TokenIssuer;
let server: GrpcServer;
let service: GrpcClient;

async function clientWith(roles: readonly string[], storeId = 'STORE-1'): Promise<GrpcClient> {
  const token = await issuer.token({ roles, storeId });
  return grpcClient({
    address: `127.0.0.1:${server.port}`,
    token: async () => token,
    unavailable: 'AWAY',
    timeoutMs: 10_000,
  });
}

const request = (sku: string, qty = 1, reservationId = newId()) =>
  ReserveRequest.fromPartial({
    reservationId,
    orderId: reservationId,
    lines: [{ productId: `P-${sku}`, qty }],
  });

beforeAll(async () => {
  inventory = await openInventory();
  issuer = await tokenIssuer();
  const queries = stockQueries(inventory.db);
  server = inventoryGrpc(
    {
      store: inventory.store,
      queries,
      available: availableReader(noCache, queries),
      metrics: reservationMetrics(),
      ttlMs: 900_000,
    },
    {
      ...{ host: '127.0.0.1', port: 0, log: createLogger('inventory', 'silent') },
      tokens: tokenVerifier({ jwksUrl: issuer.jwksUrl, issuer: issuer.issuer }),
    },
  );
  await server.start();
  service = await clientWith(['SERVICE']);
});
afterAll(async () => {
  service.close();
  await server.stop();
  await issuer.close();
  await inventory.close();
});

describe('reservations over gRPC', () => {
  it('are made, kept, sold and given back', async () => {
    await inventory.stock('LIFE', 10);
    const { reservationId, state, expiresAt, lines } = await service.call(
      reserveStock,
      request('LIFE', 4),
      context,
    );
    expect(state).toBe(ReservationState.HELD);
    expect(expiresAt?.getTime()).toBeGreaterThan(Date.now() + 800_000);
    expect(lines).toEqual([{ productId: 'P-LIFE', sku: 'LIFE', qty: 4, storeId: 'STORE-1' }]);
    const held = await service.call(holdReservation, { reservationId, expiresAt: undefined }, context);
    expect(held).toEqual({ reservationId, state: ReservationState.HELD, expiresAt: undefined });
    const query = { productId: 'P-LIFE', sku: '', storeId: '' };
    expect(await service.call(queryStock, query, context)).toMatchObject({
      sku: 'LIFE',
      onHand: 10,
      reserved: 4,
      available: 6,
    });
    const sold = await service.call(confirmReservation, { reservationId }, context);
    expect(sold.state).toBe(ReservationState.COMMITTED);
    const back = await service.call(releaseStock, { reservationId, reason: 'test' }, context);
    expect(back.state).toBe(ReservationState.RELEASED);
    expect(await service.call(queryStock, query, context)).toMatchObject({ onHand: 10, reserved: 0 });
    await expect(service.call(confirmReservation, { reservationId }, context)).rejects.toMatchObject({
      code: 'RESERVATION_RELEASED',
    });
  });

  it('are refused with the short lines', async () => {
    await inventory.stock('SHORT', 2);
    await expect(service.call(reserveStock, request('SHORT', 3), context)).rejects.toMatchObject({
      code: 'INSUFFICIENT_STOCK',
      details: {
        lines: [{ productId: 'P-SHORT', sku: 'SHORT', storeId: 'STORE-1', requested: 3, available: 2 }],
      },
    });
  });

  it('with an id that was used otherwise already exist', async () => {
    await inventory.stock('TWICE', 9);
    const first = request('TWICE', 1);
    await service.call(reserveStock, first, context);
    await expect(
      service.call(reserveStock, request('TWICE', 2, first.reservationId), context),
    ).rejects.toMatchObject({
      code: 'RESERVATION_MISMATCH',
      cause: { code: 6 },
    });
  });

  it('that make no sense are invalid', async () => {
    const bad = [
      ReserveRequest.fromPartial({ reservationId: 'R', lines: [] }),
      ReserveRequest.fromPartial({ reservationId: '', lines: [{ sku: 'A', qty: 1 }] }),
      ReserveRequest.fromPartial({ reservationId: 'R', lines: [{ sku: 'A', qty: 0 }] }),
      ReserveRequest.fromPartial({ reservationId: 'R', lines: [{ qty: 1 }] }),
      ReserveRequest.fromPartial({ reservationId: 'R', lines: [{ sku: 'A', qty: 1 }], ttlSeconds: -1 }),
      { ...request('ONE'), orderId: 'x'.repeat(129) },
      { ...request('ONE'), storeId: 'a b' },
      ReserveRequest.fromPartial({ reservationId: newId(), lines: [{ sku: 'no\0where', qty: 1 }] }),
    ];
    for (const one of bad) {
      await expect(service.call(reserveStock, one, context)).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
        kind: 'invalid',
      });
    }
  });

  it('in one message stand or fall each for itself', async () => {
    await inventory.stock('BULK', 2);
    const requests = [request('BULK'), request('BULK', 5), request('BULK')];
    const { results } = await service.call(reserveStockBatch, { requests }, context);
    expect(results.map(({ outcome }) => outcome?.$case)).toEqual(['reserved', 'error', 'reserved']);
    const refused = results[1]?.outcome;
    expect(refused?.$case === 'error' && fromStatus(refused.value)).toMatchObject({
      ...{ code: 'INSUFFICIENT_STOCK', status: 9 },
    });
  });
});

describe('callers', () => {
  it('of another tenant find nothing', async () => {
    await inventory.stock('MINE', 5);
    const { reservationId } = await service.call(reserveStock, request('MINE'), context);
    const other = await clientWith(['SERVICE'], 'STORE-2');
    const theirs = contextIn('STORE-2');
    await expect(
      other.call(queryStock, { productId: 'P-MINE', sku: '', storeId: 'STORE-1' }, theirs),
    ).rejects.toMatchObject({
      code: 'STOCK_NOT_FOUND',
    });
    await expect(other.call(releaseStock, { reservationId, reason: '' }, theirs)).rejects.toMatchObject({
      code: 'RESERVATION_NOT_FOUND',
    });
    other.close();
  });

  it('may ask with any token, and reserve with few', async () => {
    await inventory.stock('ASK', 5);
    const customer = await clientWith(['CUSTOMER']);
    expect(
      await customer.call(queryStock, { productId: '', sku: 'ASK', storeId: '' }, context),
    ).toMatchObject({ onHand: 5 });
    await expect(customer.call(reserveStock, request('ASK'), context)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    customer.close();
  });
});
