import { errorTable } from '@tradewind/kernel/errors.ts';

/** Everything that inventory refuses. */
export const inventoryError = errorTable({
  STOCK_NOT_FOUND: ['not-found', 'there is no such stock in this location'],
  LOCATION_NOT_FOUND: ['not-found', 'there is no such location'],
  PRODUCT_NOT_FOUND: ['not-found', 'there is no stock of this product'],
  RESERVATION_NOT_FOUND: ['not-found', 'there is no such reservation'],
  NEGATIVE_STOCK: ['conflict', 'less would be on hand than is reserved'],
  STOCK_LIMIT: ['conflict', 'more would be on hand than can be counted'],
  VERSION_CONFLICT: ['conflict', 'somebody changed the stock meanwhile'],
  SKU_MISMATCH: ['conflict', 'this sku belongs to another product'],
  INSUFFICIENT_STOCK: ['conflict', 'there is not enough stock'],
  RESERVATION_MISMATCH: ['conflict', 'this reservation was made with other lines'],
  RESERVATION_RELEASED: ['conflict', 'the reservation was released'],
  RESERVATION_EXPIRED: ['conflict', 'the reservation has lapsed'],
  RESERVATION_SOLD: ['conflict', 'an order has bought these pieces: cancel or return the order'],
  RESERVATION_IN_PAYMENT: ['conflict', 'its order is being paid: wait for the outcome, or cancel the order'],
  RESERVATION_LOST: ['conflict', 'the reservation was gone before it was paid, and so are its pieces'],
  DEVICE_NOT_FOUND: ['not-found', 'no such device has reported anything'],
  DEVICE_NOT_QUARANTINED: ['conflict', 'the device is not in quarantine'],
  READING_NOT_FOUND: ['not-found', 'there is no such reading'],
  READING_SETTLED: ['conflict', 'the reading has been applied or dropped already'],
  READING_REFUSED: ['conflict', "it names another tenant's location: it can only be dropped"],
  DEADLINE_EXCEEDED: ['unavailable', 'the deadline has passed'],
  INVALID_REQUEST: ['invalid', 'the request is not valid'],
});
