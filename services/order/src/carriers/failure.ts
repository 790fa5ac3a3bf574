export type FailureCode =
  | 'UNREACHABLE'
  | 'AWAY'
  | 'DENIED'
  | 'BREAKER_OPEN'
  | 'OUT_OF_TIME'
  | 'TIMEOUT'
  | 'BROKEN'
  | 'FAULT'
  | 'MALFORMED';

const nothingDone: ReadonlySet<FailureCode> = new Set([
  ...(['UNREACHABLE', 'AWAY', 'DENIED', 'BREAKER_OPEN', 'OUT_OF_TIME'] as const),
]);

/** A call without a usable answer. `maybeDone` is false only where the carrier has certainly done nothing. */
export class CarrierFailure extends Error {
  readonly code: FailureCode;
  readonly maybeDone: boolean;

  constructor(code: FailureCode, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.name = 'CarrierFailure';
    this.code = code;
    this.maybeDone = !nothingDone.has(code);
  }
}
