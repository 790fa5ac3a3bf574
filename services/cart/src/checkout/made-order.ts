/** An order, as far as its cart tells of it. */
export interface MadeOrder {
  readonly orderId: string;
  /** Minor units. */
  readonly total: bigint;
  readonly currency: string;
}
