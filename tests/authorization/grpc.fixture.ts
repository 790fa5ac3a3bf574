import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import {
  InventoryService,
  ConfirmRequest,
  HoldRequest,
  ReleaseRequest,
  StockQuery,
} from '@tradewind/contracts/generated/proto/tradewind/inventory/v1/inventory.ts';
import { PricingService } from '@tradewind/contracts/generated/proto/tradewind/pricing/v1/pricing.ts';
import type { Outcome } from './table.ts';
import { stack } from '../e2e/stack.fixture.ts';

interface Method {
  readonly path: string;
  readonly requestSerialize: (value: never) => Buffer;
  readonly requestDeserialize: (value: Buffer) => object;
  readonly responseDeserialize: (value: Buffer) => unknown;
}

export interface GrpcService {
  /** As the table names it. */
  readonly name: string;
  readonly methods: readonly string[];
  /** Calls a method with a message; by default one in which nothing is set. */
  call(method: string, bearer: string | undefined, message?: object): Promise<Outcome>;
  close(): void;
}

/** Refusals by authorization; whatever else comes back, the caller was let through. */
const refusals: Readonly<Record<number, Outcome>> = {
  [status.UNAUTHENTICATED]: '401',
  [status.PERMISSION_DENIED]: '403',
  [status.NOT_FOUND]: '404',
};
const broken = new Set([status.INTERNAL, status.UNKNOWN, status.UNIMPLEMENTED, status.UNAVAILABLE]);

const definitions = { inventory: InventoryService, pricing: PricingService };

/** Each gRPC service of the stack. */
export const grpcServices = (): GrpcService[] =>
  Object.entries(definitions).map(([name, definition]) =>
    grpcService(stack.grpcServices[name] ?? '', definition),
  );

function grpcService(address: string, definition: object): GrpcService {
  const client = new Client(address, credentials.createInsecure());
  const methods = new Map(
    Object.values(definition as Record<string, Method>).map((method) => [
      method.path.split('/')[2] ?? '',
      method,
    ]),
  );
  const [first] = methods.values();
  return {
    name: first?.path.split('/')[1] ?? '',
    methods: [...methods.keys()],
    close: () => client.close(),
    call: (name, bearer, message) =>
      new Promise((resolve, reject) => {
        const method = methods.get(name);
        if (!method) return reject(new Error(`there is no method ${name}`));
        const metadata = new Metadata();
        if (bearer !== undefined) metadata.set('authorization', `Bearer ${bearer}`);
        const done = (error: ServiceError | null): void => {
          if (error && broken.has(error.code)) reject(new Error(`${name}: ${error.message}`));
          else resolve(error ? (refusals[error.code] ?? 'ok') : 'ok');
        };
        const serialize = method.requestSerialize as (value: object) => Buffer;
        client.makeUnaryRequest(
          ...[method.path, serialize, method.responseDeserialize],
          ...[
            message ?? method.requestDeserialize(Buffer.alloc(0)),
            metadata,
            { deadline: Date.now() + 20_000 },
            done,
          ],
        );
      }),
  };
}

/** Messages that name a thing of the owner's store: what they are refused with is the tenant's business. */
export const namingThings = (things: {
  reservationId: string;
  productId: string;
}): Record<string, object> => ({
  ReleaseStock: ReleaseRequest.fromPartial(things),
  ConfirmReservation: ConfirmRequest.fromPartial(things),
  HoldReservation: HoldRequest.fromPartial(things),
  QueryStock: StockQuery.fromPartial(things),
});
