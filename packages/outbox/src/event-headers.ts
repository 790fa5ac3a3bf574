import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Message } from '@tradewind/messaging/message.ts';

/**
 * Consumers choose handler and tenant by the headers, which the relay takes from the event: where the two differ, somebody
 * else wrote the message, and neither is believed.
 * @throws DomainError EVENT_MISLABELED
 */
export function checkHeaders(event: AnyEvent, { headers }: Message): void {
  const { eventType, storeId } = headers;
  if (eventType === event.eventType && storeId === event.storeId) return;
  const text = `the headers say ${eventType} of ${storeId}, the event ${event.eventType} of ${event.storeId}`;
  throw new DomainError('EVENT_MISLABELED', 'invalid', text);
}
