/** Steps of this service's own between which a crash must do no harm. The crash matrix has a row for each. */
export const pricingFailpoints = [
  'codes.held',
  'codes.settled',
  'lapse.found',
  'lapse.released',
  'sale.claimed',
  'sale.saved',
  'sale.committed',
] as const;
