import type { Provider } from '#payment/payment.ts';

export interface ChargeRequest {
  /** Idempotency key: the same one on both channels, at every try. */
  readonly key: string;
  readonly orderId: string;
  /** Decimal string. */
  readonly amount: string;
  readonly currency: string;
  readonly token: string | null;
}

export interface RefundRequest {
  readonly key: string;
  /** The transaction that captured the money. */
  readonly transactionId: string;
  readonly amount: string;
  readonly currency: string;
}

/**
 * What the gateway says. REFUSED: the request itself is wrong and nothing was done (`code` says why); UNKNOWN: it
 * never saw the key.
 */
export interface Answer {
  readonly status: 'CAPTURED' | 'DECLINED' | 'REFUNDED' | 'REFUSED' | 'UNKNOWN';
  readonly transactionId: string | null;
  readonly code: string | null;
}

/** One way to the gateway. Calls throw GatewayFailure where there is no usable answer. */
export interface Channel {
  readonly name: Provider;
  charge(request: ChargeRequest, signal: AbortSignal): Promise<Answer>;
  refund(request: RefundRequest, signal: AbortSignal): Promise<Answer>;
  query(key: string, signal: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

export type FailureCode =
  'UNREACHABLE' | 'AWAY' | 'BREAKER_OPEN' | 'TIMEOUT' | 'BROKEN' | 'MALFORMED' | 'FAULT';

/** A call without a usable answer. `maybeDone` is false only where the gateway has certainly done nothing. */
export class GatewayFailure extends Error {
  readonly code: FailureCode;
  readonly maybeDone: boolean;

  constructor(code: FailureCode, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.name = 'GatewayFailure';
    this.code = code;
    this.maybeDone = code !== 'UNREACHABLE' && code !== 'AWAY' && code !== 'BREAKER_OPEN';
  }
}
