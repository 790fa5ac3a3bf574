import { Client, credentials } from '@grpc/grpc-js';
import {
  type HealthCheckResponse,
  HealthCheckResponse_ServingStatus as ServingStatus,
  HealthService,
} from '@tradewind/contracts/generated/proto/grpc/health/v1/health.ts';
import { InventoryService } from '@tradewind/contracts/generated/proto/tradewind/inventory/v1/inventory.ts';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { freePort } from '@tradewind/testing/free-port.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GrpcClient, grpcClient } from './grpc-client.ts';
import { type GrpcCall, type GrpcServer, grpcServer } from './grpc-server.ts';
import { createLogger } from './logger.ts';
import { type Role, unauthenticated } from './principal.ts';

const NAME = 'tradewind.inventory.v1.Inventory';
const { releaseStock, confirmReservation } = InventoryService;
const context = { storeId: 'STORE-1', correlationId: 'C-1', causationId: null };

/** Tokens of the form `ROLE@STORE`. */
const tokens = {
  verify(token: string) {
    const [role, storeId] = token.split('@');
    if (!role || !storeId) throw unauthenticated('the token is not valid');
    return { sub: 'USER-1', roles: [role as Role], storeId, permissions: [] };
  },
};

const calls: GrpcCall[] = [];
let released: () => void = () => undefined;
const gate = () => new Promise<void>((resolve) => (released = resolve));
let waiting = 0;

function serve(port: number): GrpcServer {
  return grpcServer({
    ...{ host: '127.0.0.1', port, tokens, log: createLogger('test', 'silent') },
    definition: { releaseStock, confirmReservation },
    handlers: {
      releaseStock: {
        access: ['SERVICE'],
        async handle({ reservationId, reason }, call) {
          calls.push(call);
          if (reason === 'wait') {
            waiting++;
            await gate();
          }
          if (reason === 'refuse') throw new DomainError('REFUSED', 'conflict', 'not now');
          if (reason === 'bug') throw new Error('select * from secrets');
          return { reservationId, state: 3 };
        },
      },
      confirmReservation: {
        access: 'authenticated',
        handle: async ({ reservationId }) => ({ reservationId, state: 2 }),
      },
    },
  });
}

function client(port: number, token = 'SERVICE@STORE-1'): GrpcClient {
  return grpcClient({
    address: `127.0.0.1:${port}`,
    token: async () => token,
    unavailable: 'CALLEE_UNAVAILABLE',
  });
}

function statusIn(health: Client, service: string): Promise<HealthCheckResponse | undefined> {
  const { path, requestSerialize, responseDeserialize } = HealthService.check;
  return new Promise((resolve, reject) => {
    health.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service }, (error, reply) =>
      error ? reject(error) : resolve(reply),
    );
  });
}

describe('a gRPC server and its client', () => {
  let server: GrpcServer;
  let service: GrpcClient;
  beforeAll(async () => {
    server = serve(0);
    await server.start();
    service = client(server.port);
  });
  afterAll(async () => {
    service.close();
    await server.stop();
  });

  it('acts for the tenant of the token, under the correlation id and trace of the caller', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await service.call(releaseStock, { reservationId: 'R-1', reason: '' }, { ...context, traceparent });
    expect(calls.at(-1)).toMatchObject({
      principal: { storeId: 'STORE-1' },
      context: { storeId: 'STORE-1', correlationId: 'C-1' },
    });
    expect(calls.at(-1)?.deadline).toBeGreaterThan(Date.now());
  });

  it('refuses without a good token, and by role', async () => {
    const customer = client(server.port, 'CUSTOMER@STORE-1');
    const nobody = client(server.port, 'nonsense');
    await expect(
      customer.call(releaseStock, { reservationId: 'R', reason: '' }, context),
    ).rejects.toMatchObject({
      ...{ code: 'FORBIDDEN', kind: 'forbidden' },
    });
    expect(await customer.call(confirmReservation, { reservationId: 'R' }, context)).toMatchObject({
      state: 2,
    });
    await expect(nobody.call(confirmReservation, { reservationId: 'R' }, context)).rejects.toMatchObject({
      ...{ code: 'UNAUTHENTICATED', kind: 'unauthenticated' },
    });
    customer.close();
    nobody.close();
  });

  it('passes errors on with their codes, and bugs without their text', async () => {
    await expect(
      service.call(releaseStock, { reservationId: 'R', reason: 'refuse' }, context),
    ).rejects.toMatchObject({
      ...{ code: 'REFUSED', kind: 'conflict', message: 'not now' },
    });
    await expect(
      service.call(releaseStock, { reservationId: 'R', reason: 'bug' }, context),
    ).rejects.toMatchObject({
      ...{ code: 'INTERNAL', message: 'the call was not carried out' },
    });
  });

  it('refuses text that a database cannot store, before it reaches a shared transaction', async () => {
    const before = calls.length;
    await expect(
      service.call(releaseStock, { reservationId: 'R', reason: 'a\0b' }, context),
    ).rejects.toMatchObject({ kind: 'invalid', code: 'INVALID_REQUEST' });
    expect(calls.length).toBe(before);
  });

  it('does nothing for a caller whose deadline has passed', async () => {
    const before = calls.length;
    await expect(
      service.call(releaseStock, { reservationId: 'R', reason: '' }, context, { timeoutMs: 0 }),
    ).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await service.call(confirmReservation, { reservationId: 'R' }, context);
    expect(calls.length).toBe(before);
  });

  it('gives up at the deadline', async () => {
    await expect(
      service.call(releaseStock, { reservationId: 'R', reason: 'wait' }, context, { timeoutMs: 60 }),
    ).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', retryable: true });
    released();
  });

  it('answers the standard health check', async () => {
    const health = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
    expect(await statusIn(health, '')).toEqual({ status: ServingStatus.SERVING });
    expect(await statusIn(health, NAME)).toEqual({ status: ServingStatus.SERVING });
    await expect(statusIn(health, 'other')).rejects.toMatchObject({ code: 5 });
    health.close();
  });
});

describe('a server that is restarted', () => {
  it('finishes what it has in hand, and is found again within a second of its return', async () => {
    const port = await freePort();
    const first = serve(port);
    await first.start();
    const service = client(port);
    const before = waiting;
    const inHand = service.call(releaseStock, { reservationId: 'R-9', reason: 'wait' }, context);
    await eventually(() => expect(waiting).toBe(before + 1));
    const stopped = first.stop();
    released();
    expect(await inHand).toMatchObject({ reservationId: 'R-9' });
    await stopped;
    await expect(service.call(confirmReservation, { reservationId: 'R' }, context)).rejects.toMatchObject({
      code: 'CALLEE_UNAVAILABLE',
    });
    const second = serve(port);
    await second.start();
    await eventually(() => service.call(confirmReservation, { reservationId: 'R' }, context), {
      within: 1_000,
    });
    service.close();
    await second.stop();
  });
});
