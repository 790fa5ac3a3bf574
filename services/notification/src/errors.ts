import { errorTable } from '@tradewind/kernel/errors.ts';

/** Every refusal of this service. */
export const notificationError = errorTable({
  NOTIFICATION_NOT_FOUND: ['not-found', 'there is no such notification'],
  DELIVERY_NOT_FOUND: ['not-found', 'the notification has no such delivery'],
  DELIVERY_NOT_FAILED: ['conflict', 'only a failed delivery is tried again'],
  TEMPLATE_NOT_FOUND: ['not-found', 'there is no such template'],
  TEMPLATE_INVALID: ['rejected', 'the template is not one that can be sent'],
  VERSION_CONFLICT: ['conflict', 'somebody else was faster'],
});
