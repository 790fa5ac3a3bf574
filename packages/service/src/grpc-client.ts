import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import { fromServiceError } from './grpc-errors.ts';
import type { ServiceToken } from './service-token.ts';

/** A unary method of a service definition as ts-proto generates it. */
export interface GrpcMethod<Request, Reply> {
  readonly path: string;
  readonly requestSerialize: (value: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Reply;
}

export interface GrpcCallOptions {
  /** Overrides the client's deadline, in ms. */
  readonly timeoutMs?: number;
}

export interface GrpcClient {
  /**
   * Calls a method under the context's tenant, correlation id and trace, with a service token. Not repeated by itself.
   * @throws DomainError with the callee's own code; the client's `unavailable` code when it can't be reached;
   * DEADLINE_EXCEEDED. After the last two the outcome is unknown: ask, or call again, as calls are idempotent.
   */
  call<Request, Reply>(
    method: GrpcMethod<Request, Reply>,
    request: Request,
    context: CommandContext,
    options?: GrpcCallOptions,
  ): Promise<Reply>;
  close(): void;
}

export interface GrpcClientOptions {
  /** host:port */
  readonly address: string;
  readonly token: ServiceToken;
  /** Default 2,000. */
  readonly timeoutMs?: number;
  /** Code of the error when the callee can't be reached, e.g. INVENTORY_UNAVAILABLE. */
  readonly unavailable: string;
}

/** One connection that heals: a server that was restarted is found within half a second of its return. */
export function grpcClient({
  address,
  token,
  timeoutMs = 2_000,
  unavailable,
}: GrpcClientOptions): GrpcClient {
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.min_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 400,
    // A peer that vanished without closing is noticed even while no call runs.
    'grpc.keepalive_time_ms': 10_000,
    'grpc.keepalive_timeout_ms': 2_000,
    'grpc.keepalive_permit_without_calls': 1,
    // Callers decide about repeats; the layer that could do it costs a tenth of a call.
    'grpc.enable_retries': 0,
    'grpc.service_config_disable_resolution': 1,
  });

  return {
    async call(method, request, context, options = {}) {
      const deadline = Date.now() + (options.timeoutMs ?? timeoutMs);
      const metadata = new Metadata();
      metadata.set('authorization', `Bearer ${await token(context.storeId)}`);
      metadata.set('correlation-id', context.correlationId);
      if (context.traceparent) metadata.set('traceparent', context.traceparent);
      return new Promise((resolve, reject) => {
        client.makeUnaryRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          request,
          metadata,
          { deadline },
          (error: ServiceError | null, reply) => {
            if (error) reject(fromServiceError(error, unavailable));
            else resolve(reply as never);
          },
        );
      });
    },
    close: () => client.close(),
  };
}
