import { type ClientUnaryCall, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import {
  HealthClient,
  HealthCheckResponse_ServingStatus,
} from '@tradewind/contracts/generated/proto/grpc/health/v1/health.ts';
import {
  InventoryClient,
  ReleaseRequest,
  ReservationState,
  ReserveRequest,
  type ReserveResponse,
  StockQuery,
} from '@tradewind/contracts/generated/proto/tradewind/inventory/v1/inventory.ts';
import { decodeFailure, STATUS_DETAILS_KEY } from '@tradewind/contracts/grpc-status.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { goods } from './shop.fixture.ts';
import { stack, token, unique } from './stack.fixture.ts';

const client = new InventoryClient(stack.grpc, credentials.createInsecure());
const health = new HealthClient(stack.grpc, credentials.createInsecure());
afterAll(() => {
  client.close();
  health.close();
});

type Call<Q, R> = (
  request: Q,
  metadata: Metadata,
  done: (error: ServiceError | null, reply: R) => void,
) => ClientUnaryCall;

async function call<Q, R>(method: Call<Q, R>, request: Q, storeId = 'STORE-1'): Promise<R> {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${await token({ sub: 'order', roles: ['SERVICE'], storeId })}`);
  return new Promise((resolve, reject) => {
    method.call(client, request, metadata, (error, reply) => (error ? reject(error) : resolve(reply)));
  });
}

async function failure<Q, R>(method: Call<Q, R>, request: Q, storeId?: string) {
  const error = await call(method, request, storeId).then(
    () => undefined,
    (thrown: unknown) => thrown as ServiceError,
  );
  if (error === undefined) throw new Error('it did not fail');
  const [details] = error.metadata.get(STATUS_DETAILS_KEY);
  return { code: error.code, failure: Buffer.isBuffer(details) ? decodeFailure(details) : undefined };
}

const request = (productId: string, qty: number, reservationId = unique('RES')) =>
  ReserveRequest.fromPartial({ reservationId, lines: [{ productId, qty }], ttlSeconds: 60 });

describe('inventory over gRPC', () => {
  it('reserves once per reservation_id, and releases', async () => {
    const { productId } = await goods({ onHand: 5 });
    const reserve = request(productId, 3);
    const first = await call<ReserveRequest, ReserveResponse>(client.reserveStock, reserve);
    expect(first).toMatchObject({ state: ReservationState.HELD, lines: [{ productId, qty: 3 }] });
    expect(await call(client.reserveStock, reserve)).toMatchObject({ reservationId: first.reservationId });
    const query = StockQuery.fromPartial({ productId });
    expect(await call(client.queryStock, query)).toMatchObject({ onHand: 5, reserved: 3, available: 2 });
    const release = ReleaseRequest.fromPartial({ reservationId: first.reservationId });
    expect(await call(client.releaseStock, release)).toMatchObject({ state: ReservationState.RELEASED });
    expect(await call(client.queryStock, query)).toMatchObject({ reserved: 0 });
  });

  it('says FAILED_PRECONDITION with the short lines', async () => {
    const { productId } = await goods({ onHand: 2 });
    const answer = await failure(client.reserveStock, request(productId, 3));
    expect(answer.code).toBe(status.FAILED_PRECONDITION);
    expect(answer.failure?.code).toBe('INSUFFICIENT_STOCK');
    expect(answer.failure?.insufficientStock?.lines).toMatchObject([
      { productId, requested: 3, available: 2 },
    ]);
  });

  it('says INVALID_ARGUMENT, NOT_FOUND and ALREADY_EXISTS', async () => {
    const { productId } = await goods({ onHand: 5 });
    expect((await failure(client.reserveStock, request(productId, 0))).code).toBe(status.INVALID_ARGUMENT);
    const none = ReleaseRequest.fromPartial({ reservationId: unique('NONE') });
    expect((await failure(client.releaseStock, none)).code).toBe(status.NOT_FOUND);
    const made = request(productId, 1);
    await call(client.reserveStock, made);
    const other = request(productId, 2, made.reservationId);
    expect((await failure(client.reserveStock, other)).code).toBe(status.ALREADY_EXISTS);
  });

  it('sees nothing of another tenant', async () => {
    const { productId } = await goods({ onHand: 5 });
    const answer = await failure(client.reserveStock, request(productId, 1), 'STORE-2');
    expect(answer.code).toBe(status.FAILED_PRECONDITION);
  });

  it('refuses calls without a token', async () => {
    const error = await new Promise<ServiceError | null>((resolve) => {
      client.queryStock(StockQuery.fromPartial({ productId: 'p' }), (thrown) => resolve(thrown));
    });
    expect(error?.code).toBe(status.UNAUTHENTICATED);
  });

  it('honours deadlines', async () => {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${await token({ roles: ['SERVICE'] })}`);
    const error = await new Promise<ServiceError | null>((resolve) => {
      client.queryStock(
        StockQuery.fromPartial({ productId: 'p' }),
        metadata,
        { deadline: Date.now() - 1 },
        (thrown) => resolve(thrown),
      );
    });
    expect(error?.code).toBe(status.DEADLINE_EXCEEDED);
  });

  it('has the standard health service', async () => {
    const reply = await new Promise<{ status: HealthCheckResponse_ServingStatus }>((resolve, reject) => {
      health.check({ service: '' }, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
    expect(reply.status).toBe(HealthCheckResponse_ServingStatus.SERVING);
  });
});
