/** The steps of this service's saga between which a crash must do no harm. The crash matrix has a row for each. */
export const orderFailpoints = [
  'place.reserved',
  'pay.held',
  'pay.opened',
  'pay.called',
  'pay.settled',
  'cancel.refunded',
  'saga.claimed',
  'saga.stepped',
] as const;
