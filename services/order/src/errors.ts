import { errorTable } from '@tradewind/kernel/errors.ts';

export const orderError = errorTable({
  ORDER_NOT_FOUND: ['not-found', 'there is no such order'],
  UNKNOWN_PRODUCT: ['rejected', 'a line names a product that is not for sale'],
  CURRENCY_MISMATCH: ['rejected', 'the lines are not all sold in one currency'],
  CODE_NOT_APPLICABLE: ['rejected', 'a discount code cannot be applied'],
  AMOUNT_TOO_LARGE: ['rejected', 'the order is worth more than one order may be'],
  PRICING_UNAVAILABLE: ['unavailable', 'nothing can be priced right now; nothing was ordered'],
  INSUFFICIENT_STOCK: ['conflict', 'there is not enough stock'],
  INVENTORY_UNAVAILABLE: ['unavailable', 'stock cannot be reserved right now; nothing was ordered'],
  ORDER_NOT_PAYABLE: ['conflict', 'the order cannot be paid in its state'],
  PAYMENT_DECLINED: ['payment-required', 'the payment was declined'],
  PAYMENT_UNAVAILABLE: ['unavailable', 'no payment can be made right now; nothing was charged'],
  ORDER_NOT_CANCELABLE: ['conflict', 'the order cannot be canceled in its state'],
  ORDER_NOT_FULFILLABLE: ['conflict', 'only a paid order can be fulfilled'],
  FULFILMENT_INCOMPLETE: ['rejected', 'the items are not all that is left to fulfil'],
  VERSION_CONFLICT: ['conflict', 'the order has changed in the meantime'],
  FORBIDDEN: ['forbidden', 'you may not do this to the order'],
  ORDER_STREAM_BROKEN: ['bug', 'an event does not fit the order it belongs to'],
});
