import { errorTable } from '@tradewind/kernel/errors.ts';

/** Every refusal of this service. */
export const itemError = errorTable({
  ITEM_NOT_FOUND: ['not-found', 'there is no such item'],
  CODE_TAKEN: ['conflict', 'another item of this store has this code'],
});
