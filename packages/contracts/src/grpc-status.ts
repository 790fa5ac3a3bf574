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
  /** What the error says beyond that, safe to show to a client; JSON. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Key of an ErrorInfo's metadata. */
const DETAILS = 'details';

/** The google.rpc.Status of a failure: for a batch's result as it is, for a trailer through `encodeFailure`. */
export function toStatus(failure: GrpcFailure): Status {
  const metadata = failure.details ? { [DETAILS]: JSON.stringify(failure.details) } : {};
  const info = pack(ErrorInfo, { reason: failure.code, domain: DOMAIN, metadata });
  const details = [{ typeUrl: ERROR_INFO, value: info }];
  if (failure.insufficientStock) {
    details.push({ typeUrl: INSUFFICIENT_STOCK, value: pack(InsufficientStock, failure.insufficientStock) });
  }
  return { code: failure.status, message: failure.message, details };
}

/** The failure in a google.rpc.Status. Details of other types are left out. */
export function fromStatus(status: Status): GrpcFailure {
  const found = status.details.find((detail) => detail.typeUrl === ERROR_INFO);
  const info = found && ErrorInfo.decode(found.value);
  const short = status.details.find((detail) => detail.typeUrl === INSUFFICIENT_STOCK);
  return {
    status: status.code,
    code: info?.reason ?? '',
    message: status.message,
    ...detailsIn(info?.metadata[DETAILS]),
    ...(short ? { insufficientStock: InsufficientStock.decode(short.value) } : {}),
  };
}

function detailsIn(text: string | undefined): Pick<GrpcFailure, 'details'> {
  if (text === undefined) return {};
  const details: unknown = JSON.parse(text);
  return typeof details === 'object' && details !== null
    ? { details: details as Readonly<Record<string, unknown>> }
    : {};
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
