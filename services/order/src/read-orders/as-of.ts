import type { OrderEvent } from '#order/events.ts';
import { evolve, type MaybeOrder } from '#order/order.ts';

/** An event of a stream with the time of its transaction. */
export interface Dated {
  readonly event: OrderEvent;
  readonly at: Date;
}

/** How many events of a stream had happened before `end`: those in front of the first that had not. */
export function countBefore(times: readonly { readonly at: Date }[], end: Date): number {
  const first = times.findIndex(({ at }) => at >= end);
  return first < 0 ? times.length : first;
}

/**
 * The order as a replay of its stream has it that stops in front of the first event at or after `end`. A transaction that
 * waited for the order's lock may have begun before the one it waited for: cutting by time alone would leave a gap.
 */
export const foldBefore = (stream: readonly Dated[], end: Date): MaybeOrder =>
  stream
    .slice(0, countBefore(stream, end))
    .reduce<MaybeOrder>((order, { event }) => evolve(order, event), undefined);
