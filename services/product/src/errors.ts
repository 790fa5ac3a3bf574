import { errorTable } from '@tradewind/kernel/errors.ts';

/** Every refusal of this service. */
export const productError = errorTable({
  PRODUCT_NOT_FOUND: ['not-found', 'there is no such product'],
  PRODUCT_ARCHIVED: ['conflict', 'the product is archived and can no longer be changed'],
  SKU_TAKEN: ['conflict', 'another product of this store has this SKU'],
  VERSION_CONFLICT: ['conflict', 'somebody changed it meanwhile; read it again'],
  CURRENCY_FIXED: [
    'rejected',
    'a product keeps its currency; create another product to sell in another currency',
  ],
  INVALID_AMOUNT: ['invalid', 'the amount is not exact in its currency'],
  UNKNOWN_CURRENCY: ['invalid', 'the currency is not an ISO 4217 currency'],
  INVALID_PRICE: ['invalid', 'a price is not negative'],
  CATEGORY_NOT_FOUND: ['not-found', 'there is no such category'],
  CATEGORY_IN_USE: ['conflict', 'the category has categories below it'],
  CATEGORY_CYCLE: ['rejected', 'a category cannot stand below itself'],
  COLLECTION_NOT_FOUND: ['not-found', 'there is no such collection'],
  SEARCH_UNAVAILABLE: [
    'unavailable',
    'the search index is away, and this walk through its pages can only go on there',
  ],
});
