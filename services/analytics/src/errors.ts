import { errorTable } from '@tradewind/kernel/errors.ts';

/** Every refusal of this service. */
export const analyticsError = errorTable({
  RANGE_INVALID: ['invalid', 'the range ends before it begins'],
  SUMMARY_NOT_FOUND: ['not-found', 'there is no summary of this day yet'],
});
