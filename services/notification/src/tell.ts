import { type Decimal, formatDecimal } from '@tradewind/contracts/decimal.ts';
import type { AnyEvent } from '@tradewind/contracts/event.ts';
import type { Delivery } from '@tradewind/outbox/reaction.ts';
import type { Notice } from '#messages/decide.ts';
import type { Notify } from '#messages/notify.ts';

/** What the handlers of `on/` do with an event: tell somebody of it, once; undefined where it concerns nobody. */
export type Tell = (
  event: Pick<AnyEvent, 'storeId' | 'correlationId' | 'occurredAt'>,
  delivery: Delivery,
  notice: Notice | undefined,
) => Promise<void>;

export const tellBy =
  (notify: Notify): Tell =>
  ({ storeId, correlationId, occurredAt }, { inbox }, notice) =>
    notify({ storeId, correlationId, occurredAt, inbox, notice });

interface Item {
  readonly productId: string;
  readonly qty: number;
  readonly price: Decimal;
}

/** A line of an order as templates show it. */
export const lineOf = ({ productId, qty, price }: Item, currency: string) => ({
  productId,
  qty: String(qty),
  price: formatDecimal(price, currency),
});
