import { GatewayFault } from '#fault.ts';

export type Channel = 'SOAP' | 'REST';

/** What happened under one idempotency key. Amounts are minor units. */
export type Entry = ChargeEntry | RefundEntry;

interface Common {
  readonly key: string;
  readonly orderId: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly code: string;
  readonly channel: Channel;
  /** epoch ms */
  readonly at: number;
}

export interface ChargeEntry extends Common {
  readonly kind: 'CHARGE';
  readonly transactionId: string;
  readonly status: 'CAPTURED' | 'DECLINED';
}

export interface RefundEntry extends Common {
  readonly kind: 'REFUND';
  readonly refundId: string;
  readonly transactionId: string;
  readonly status: 'REFUNDED' | 'DECLINED';
}

export interface ChargeRequest {
  readonly key: string;
  readonly orderId: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly channel: Channel;
  /** Decided by the caller before the book is asked; a repeat ignores it. */
  readonly declineCode: string | undefined;
}

export interface RefundRequest {
  readonly key: string;
  readonly transactionId: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly channel: Channel;
}

export interface BookOptions {
  readonly entries: Iterable<Entry>;
  readonly newId: () => string;
  readonly now: () => number;
  /** Called with each new entry before it counts. */
  readonly append: (entry: Entry) => void;
}

/**
 * Every charge and refund by its idempotency key, whichever channel it came by. A repeat answers what the first call
 * did; the same key for something else is a fault, and never moves money.
 */
export function createBook({ entries, newId, now, append }: BookOptions) {
  const byKey = new Map<string, Entry>();
  const charges = new Map<string, ChargeEntry>();
  const refunded = new Map<string, bigint>();

  function note<E extends Entry>(entry: E): E {
    byKey.set(entry.key, entry);
    if (entry.kind === 'CHARGE') charges.set(entry.transactionId, entry);
    else if (entry.status === 'REFUNDED') {
      refunded.set(entry.transactionId, (refunded.get(entry.transactionId) ?? 0n) + entry.amount);
    }
    return entry;
  }

  function add<E extends Entry>(entry: E): E {
    append(entry);
    return note(entry);
  }

  for (const entry of entries) note(entry);

  return {
    charge(request: ChargeRequest): ChargeEntry {
      const { declineCode, ...asked } = request;
      const known = byKey.get(request.key);
      if (known) {
        if (known.kind !== 'CHARGE' || known.orderId !== asked.orderId || differs(known, asked))
          throw mismatch();
        return known;
      }
      return add({
        ...asked,
        kind: 'CHARGE',
        transactionId: `txn_${newId()}`,
        status: declineCode === undefined ? 'CAPTURED' : 'DECLINED',
        code: declineCode ?? '00',
        at: now(),
      });
    },

    refund(request: RefundRequest): RefundEntry {
      const known = byKey.get(request.key);
      if (known) {
        if (
          known.kind !== 'REFUND' ||
          known.transactionId !== request.transactionId ||
          differs(known, request)
        ) {
          throw mismatch();
        }
        return known;
      }
      const charge = charges.get(request.transactionId);
      if (!charge || charge.status !== 'CAPTURED' || charge.currency !== request.currency) {
        throw new GatewayFault('UNKNOWN_TRANSACTION', 'there is no such captured transaction', 'caller');
      }
      const left = charge.amount - (refunded.get(charge.transactionId) ?? 0n);
      const covered = request.amount <= left;
      return add({
        ...request,
        kind: 'REFUND',
        orderId: charge.orderId,
        refundId: `rfd_${newId()}`,
        status: covered ? 'REFUNDED' : 'DECLINED',
        code: covered ? '00' : 'EXCEEDS_CAPTURE',
        at: now(),
      });
    },

    find: (key: string): Entry | undefined => byKey.get(key),
    all: (): Iterable<Entry> => byKey.values(),
  };
}

export type Book = ReturnType<typeof createBook>;

function differs(a: { amount: bigint; currency: string }, b: { amount: bigint; currency: string }): boolean {
  return a.amount !== b.amount || a.currency !== b.currency;
}

function mismatch(): GatewayFault {
  return new GatewayFault('IDEMPOTENCY_MISMATCH', 'this key was used for something else', 'caller');
}
