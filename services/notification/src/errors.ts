import { errorTable } from '@tradewind/kernel/errors.ts';

/** Every refusal of this service. */
export const notificationError = errorTable({
  NOTIFICATION_NOT_FOUND: ['not-found', 'there is no such notification'],
  DELIVERY_NOT_FOUND: ['not-found', 'the notification has no such delivery'],
  DELIVERY_NOT_FAILED: ['conflict', 'only a failed delivery is tried again'],
  RECIPIENT_NOT_FOUND: ['not-found', 'there is no such recipient'],
  CHAT_IS_OF_STORES: [
    'rejected',
    'SLACK reaches stores only: name store:<id> as recipient, or another channel',
  ],
  TEMPLATE_NOT_FOUND: ['not-found', 'there is no such template'],
  TEMPLATE_INVALID: ['rejected', 'the template can not be sent as it is'],
  IDENTITY_UNAVAILABLE: ['unavailable', 'identity does not answer'],
  VERSION_CONFLICT: ['conflict', 'somebody else was faster; read it again'],
  ORIGIN_NOT_ALLOWED: ['forbidden', 'pages of this origin may not connect'],
});
