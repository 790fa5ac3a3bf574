/** What became of an order's pieces and money after it was paid: each kind has its own life inside of the order's. */

export interface Quantity {
  readonly productId: string;
  readonly qty: number;
}

export interface Picking {
  readonly fulfillmentId: string;
  readonly items: readonly Quantity[];
  readonly pickedAt: Date;
}

export const shipmentStates = ['REQUESTED', 'SHIPPED', 'DELIVERED', 'FAILED'] as const;
export interface Shipment {
  readonly shipmentId: string;
  readonly carrier: string;
  readonly items: readonly Quantity[];
  /** REQUESTED: the carrier has not answered yet. */
  readonly state: (typeof shipmentStates)[number];
  readonly requestedAt: Date;
  readonly trackingNumber: string | null;
  readonly service: string | null;
  /** What the carrier asks for it, in minor units of its own currency. */
  readonly quote: { readonly amount: bigint; readonly currency: string } | null;
  readonly labelUrl: string | null;
  /** The carrier's code where it refused. */
  readonly refusal: string | null;
  readonly shippedAt: Date | null;
  readonly deliveredAt: Date | null;
}

export const returnStates = ['REQUESTED', 'APPROVED', 'REJECTED', 'RETURNED'] as const;
export interface Return {
  readonly returnId: string;
  readonly items: readonly Quantity[];
  readonly reason: string | null;
  readonly state: (typeof returnStates)[number];
  readonly requestedBy: string;
  readonly requestedAt: Date;
  /** Minor units, once it is approved. */
  readonly refundAmount: bigint | null;
}

export const refundStates = ['REQUESTED', 'REFUNDED', 'FAILED'] as const;
export interface Refund {
  readonly refundId: string;
  /** Minor units. */
  readonly amount: bigint;
  readonly reason: string | null;
  readonly returnId: string | null;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly state: (typeof refundStates)[number];
  readonly transactionId: string | null;
}

export interface Cancellation {
  readonly requestedBy: string;
  readonly reason: string | null;
  /** True until a second person has agreed; the money goes back only then. */
  readonly awaitsApproval: boolean;
}

export const cancellationStates = ['AWAITING_APPROVAL', 'REFUNDING'] as const;
export type CancellationState = (typeof cancellationStates)[number];

/** Where a cancellation stands, as rows and replies say it. */
export function cancellationOf({
  cancellation,
}: {
  readonly cancellation: CancellationState | Cancellation | null;
}): CancellationState | null {
  if (cancellation === null || typeof cancellation === 'string') return cancellation;
  return cancellation.awaitsApproval ? 'AWAITING_APPROVAL' : 'REFUNDING';
}

/** The later life of an order that has just been placed. */
export interface LaterLife {
  readonly pickings: readonly Picking[];
  readonly shipments: readonly Shipment[];
  readonly returns: readonly Return[];
  readonly refunds: readonly Refund[];
  readonly cancellation: Cancellation | null;
}
export const untouched: LaterLife = {
  pickings: [],
  shipments: [],
  returns: [],
  refunds: [],
  cancellation: null,
};

/** Pieces by product. */
export type Pieces = ReadonlyMap<string, number>;

export function sum(...lists: readonly (readonly Quantity[])[]): Map<string, number> {
  const pieces = new Map<string, number>();
  for (const { productId, qty } of lists.flat()) pieces.set(productId, (pieces.get(productId) ?? 0) + qty);
  return pieces;
}

/** What is left of the first when the others are taken out, products with none left out. */
export function less(from: Pieces, ...taken: readonly Pieces[]): Map<string, number> {
  const left = [...from].map(([productId, qty]): [string, number] => [
    productId,
    taken.reduce((rest, pieces) => rest - (pieces.get(productId) ?? 0), qty),
  ]);
  return new Map(left.filter(([, qty]) => qty > 0));
}

export const quantities = (pieces: Pieces): Quantity[] =>
  [...pieces].map(([productId, qty]) => ({ productId, qty }));

/** True where `all` has every piece of `some`. */
export const covers = (all: Pieces, some: Pieces): boolean =>
  [...some].every(([productId, qty]) => qty <= (all.get(productId) ?? 0));
