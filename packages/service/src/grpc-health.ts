import { type sendUnaryData, type ServerUnaryCall, type ServerWritableStream, status } from '@grpc/grpc-js';
import {
  type HealthCheckRequest,
  type HealthCheckResponse,
  HealthCheckResponse_ServingStatus as ServingStatus,
  HealthService,
} from '@tradewind/contracts/generated/proto/grpc/health/v1/health.ts';
import { toStatusObject } from './grpc-errors.ts';

/** The standard health service (grpc.health.v1). The empty name stands for the whole server; no token is needed. */
export function grpcHealth(services: readonly string[]) {
  const known = new Set(['', ...services]);
  const watchers = new Set<ServerWritableStream<HealthCheckRequest, HealthCheckResponse>>();
  let current: HealthCheckResponse['status'] = ServingStatus.NOT_SERVING;
  return {
    definition: HealthService,
    implementation: {
      check(
        call: ServerUnaryCall<HealthCheckRequest, HealthCheckResponse>,
        callback: sendUnaryData<HealthCheckResponse>,
      ): void {
        if (known.has(call.request.service)) callback(null, { status: current });
        else
          callback(
            toStatusObject({ status: status.NOT_FOUND, code: 'UNKNOWN_SERVICE', message: 'no such service' }),
          );
      },
      watch(call: ServerWritableStream<HealthCheckRequest, HealthCheckResponse>): void {
        if (!known.has(call.request.service)) {
          call.write({ status: ServingStatus.SERVICE_UNKNOWN });
          return;
        }
        watchers.add(call);
        call.on('cancelled', () => watchers.delete(call));
        call.write({ status: current });
      },
    },
    /** Tells watchers too; those of a server that stops are told and let go, so that it can drain. */
    serving(serving: boolean): void {
      current = serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
      for (const watcher of watchers) {
        watcher.write({ status: current });
        if (!serving) watcher.end();
      }
      if (!serving) watchers.clear();
    },
  };
}
