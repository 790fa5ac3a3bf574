import { InsufficientStock } from '#generated/proto/tradewind/inventory/v1/inventory.ts';
import { ErrorInfo } from '#generated/proto/google/rpc/error_details.ts';
import { Status } from '#generated/proto/google/rpc/status.ts';

/** The trailer that carries a google.rpc.Status, in binary. */
export const STATUS_DETAILS_KEY = 'grpc-status-details-bin';

const DOMAIN = 'tradewind';
const PREFIX = 'type.googleapis.com/';
const ERROR_INFO = `${PREFIX}google.rpc.ErrorInfo`;
const INSUFFICIENT_STOCK = `${PREFIX}tradewind.inventory.v1.InsufficientStock`;

/** An error as gRPC carries it. */
export interface GrpcFailure {
  /** A gRPC status code, as 9 for FAILED_PRECONDITION. */
  readonly status: number;
  /** The stable code, UPPER_SNAKE; empty where the sender gave none. */
  readonly code: string;
  readonly message: string;
  readonly insufficientStock?: InsufficientStock;
}

/** The google.rpc.Status of a failure: for a batch's result as it is, for a trailer through `encodeFailure`. */
export function toStatus(failure: GrpcFailure): Status {
  const details = [
    { typeUrl: ERROR_INFO, value: pack(ErrorInfo, { reason: failure.code, domain: DOMAIN, metadata: {} }) },
  ];
  if (failure.insufficientStock) {
    details.push({ typeUrl: INSUFFICIENT_STOCK, value: pack(InsufficientStock, failure.insufficientStock) });
  }
  return { code: failure.status, message: failure.message, details };
}

/** The failure in a google.rpc.Status. Details of other types are left out. */
export function fromStatus(status: Status): GrpcFailure {
  const info = status.details.find((detail) => detail.typeUrl === ERROR_INFO);
  const short = status.details.find((detail) => detail.typeUrl === INSUFFICIENT_STOCK);
  return {
    status: status.code,
    code: info ? ErrorInfo.decode(info.value).reason : '',
    message: status.message,
    ...(short ? { insufficientStock: InsufficientStock.decode(short.value) } : {}),
  };
}

/** The value of the `grpc-status-details-bin` trailer. */
export function encodeFailure(failure: GrpcFailure): Buffer {
  return pack(Status, toStatus(failure));
}

/** The failure in a `grpc-status-details-bin` trailer. Throws on bytes that are no google.rpc.Status. */
export function decodeFailure(bytes: Uint8Array): GrpcFailure {
  return fromStatus(Status.decode(bytes));
}

interface MessageType<T> {
  encode(message: T): { finish(): Uint8Array };
}

function pack<T>(type: MessageType<T>, message: T): Buffer {
  return Buffer.from(type.encode(message).finish());
}
