import { InventoryService } from '@tradewind/contracts/generated/proto/tradewind/inventory/v1/inventory.ts';
import { PricingService } from '@tradewind/contracts/generated/proto/tradewind/pricing/v1/pricing.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { goods } from '../e2e/shop.fixture.ts';
import { anybody, merchant, stack, unique } from '../e2e/stack.fixture.ts';

/** A request as it travels. */
export interface Message {
  readonly path: string;
  readonly bytes: Buffer;
}

/** A service over gRPC, and valid requests to each of its methods. */
export interface GrpcSurface {
  readonly service: string;
  readonly authority: string;
  readonly messages: readonly Message[];
  /** One that only looks: it is answered the same however often it is sent. */
  readonly look: Message;
}

interface Method {
  readonly path: string;
  readonly requestSerialize: (request: never) => Buffer;
}

function message({ path, requestSerialize }: Method, request: object): Message {
  return { path, bytes: requestSerialize(request as never) };
}

function authorityOf(service: string): string {
  const authority = stack.grpcServices[service];
  if (authority === undefined) throw new Error(`${service} has no gRPC`);
  return authority;
}

async function inventory(): Promise<GrpcSurface> {
  const { productId, sku } = await goods({ onHand: 100_000 });
  const reservationId = unique('FUZZ');
  const line = { productId, sku, qty: 1, storeId: 'STORE-1' };
  const reserve = { reservationId, lines: [line], ttlSeconds: 60, orderId: 'O-1', correlationId: 'c' };
  const expiresAt = new Date(Date.now() + 60_000);
  const { queryStock, queryStockBatch, ...writes } = InventoryService;
  const look = message(queryStock, { productId, sku, storeId: 'STORE-1' });
  const messages = [
    look,
    message(queryStockBatch, { productIds: [productId] }),
    message(writes.reserveStock, reserve),
    message(writes.reserveStockBatch, {
      requests: [reserve, { ...reserve, reservationId: unique('FUZZ') }],
    }),
    message(writes.holdReservation, { reservationId, expiresAt }),
    message(writes.releaseStock, { reservationId, reason: 'fuzz' }),
    message(writes.confirmReservation, { reservationId }),
  ];
  return { service: 'inventory', authority: authorityOf('inventory'), messages, look };
}

async function pricing(): Promise<GrpcSurface> {
  const [{ productId }, code] = [await goods(), unique('FUZZ')];
  await (await merchant()).post('/api/v1/discount-codes', { code, type: 'PERCENTAGE', value: 5 });
  const lines = [{ productId, qty: 2 }];
  await eventually(async () => {
    const { status } = await anybody().post('/api/v1/prices/resolve', { lines });
    if (status !== 200) throw new Error(`pricing does not know the product yet: ${status}`);
  });
  const none = {
    currency: '',
    segment: '',
    codes: [],
    customerId: '',
    holdForOrderId: '',
    holdTtlSeconds: 0,
  };
  const plain = { ...none, lines, correlationId: 'c', traceparent: '' };
  const holdForOrderId = unique('FUZZ');
  const held = { ...plain, codes: [code], customerId: 'USER-9', holdForOrderId, holdTtlSeconds: 60 };
  const { resolveBatch, releaseCodes } = PricingService;
  const look = message(resolveBatch, { requests: [plain] });
  const messages = [
    look,
    message(resolveBatch, { requests: [held] }),
    message(resolveBatch, { requests: [plain, { ...plain, currency: 'USD', segment: 'vip' }, held] }),
    message(releaseCodes, { orderId: holdForOrderId }),
  ];
  return { service: 'pricing', authority: authorityOf('pricing'), messages, look };
}

export const surfaces = { inventory, pricing };
