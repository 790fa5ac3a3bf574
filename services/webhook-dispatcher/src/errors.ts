import { errorTable } from '@tradewind/kernel/errors.ts';

/** Every refusal of this service. */
export const webhookError = errorTable({
  SUBSCRIPTION_NOT_FOUND: ['not-found', 'there is no such subscription'],
  DELIVERY_NOT_FOUND: ['not-found', 'there is no such delivery'],
  URL_INVALID: ['invalid', 'the url is none that events can be sent to'],
  SECRET_INVALID: ['invalid', 'a secret is whsec_ and the base64 of 24 to 64 bytes'],
  UNKNOWN_EVENT_TYPE: ['rejected', 'no event has this type'],
  VERSION_CONFLICT: ['conflict', 'somebody changed it meanwhile'],
  SUBSCRIPTION_NOT_ACTIVE: ['conflict', 'the subscription does not run: its deliveries are held'],
  RANGE_INVALID: ['invalid', 'the range ends before it begins'],
});
