import { errorTable } from '@tradewind/kernel/errors.ts';

/** Every refusal of this service. */
export const pricingError = errorTable({
  UNKNOWN_PRODUCT: ['rejected', 'a line names a product that is not for sale'],
  CURRENCY_MISMATCH: ['rejected', 'the lines cannot all be priced in one currency'],
  CODE_NOT_APPLICABLE: ['rejected', 'a discount code cannot be applied'],
  AMOUNT_TOO_LARGE: ['rejected', 'this costs more than one order may'],
  RULE_TOO_COMPLEX: ['rejected', 'the rule is more complex than one may be'],
  RULE_INVALID: ['invalid', 'the rule is not valid'],
  FLASH_SALE_NOT_FOUND: ['not-found', 'there is no such flash sale'],
  FLASH_SALE_ENDED: ['conflict', 'the flash sale is over'],
  FLASH_SALE_STARTED: ['conflict', 'the flash sale has begun: its start cannot be moved'],
  FLASH_SALE_BUSY: ['unavailable', 'somebody changes the flash sale right now'],
  PROMOTION_NOT_FOUND: ['not-found', 'there is no such promotion'],
  DISCOUNT_CODE_NOT_FOUND: ['not-found', 'there is no such discount code'],
  PRICE_LIST_NOT_FOUND: ['not-found', 'there is no such price list'],
  CURRENCY_RATE_NOT_FOUND: ['not-found', 'there is no such currency rate'],
  CODE_TAKEN: ['conflict', 'another discount code of this store has this text'],
  RATE_TAKEN: ['conflict', 'there is a rate of these currencies for this moment'],
  VERSION_CONFLICT: ['conflict', 'somebody changed it meanwhile'],
  CACHE_UNAVAILABLE: ['unavailable', 'the map of flash prices cannot be reached'],
  PRICES_BEHIND: ['unavailable', 'the list prices are behind their events'],
  DEADLINE_EXCEEDED: ['unavailable', 'the deadline has passed'],
  INVALID_REQUEST: ['invalid', 'the request is not valid'],
});
