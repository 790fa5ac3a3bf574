/** What callers see of a payment or refund: PENDING stands for all that is not settled. */
export interface Outcome<Status extends string = 'CAPTURED' | 'REFUNDED' | 'FAILED' | 'PENDING'> {
  readonly status: Status;
  readonly transactionId: string | null;
  readonly code: string | null;
}

export const pending = { status: 'PENDING', transactionId: null, code: null } as const satisfies Outcome;

/** Of a payment, a row or an outcome: whatever has a status. */
export function paymentOutcome(of: Outcome<string> | undefined): Outcome<'CAPTURED' | 'FAILED' | 'PENDING'> {
  // What came late and went back was never a payment to the caller.
  if (of?.status === 'REVERSED') return { status: 'FAILED', transactionId: of.transactionId, code: of.code };
  if (of?.status !== 'CAPTURED' && of?.status !== 'FAILED') return pending;
  return { status: of.status, transactionId: of.transactionId, code: of.code };
}

export function refundOutcome(of: Outcome<string> | undefined): Outcome<'REFUNDED' | 'FAILED' | 'PENDING'> {
  if (of?.status !== 'REFUNDED' && of?.status !== 'FAILED') return pending;
  return { status: of.status, transactionId: of.transactionId, code: of.code };
}
