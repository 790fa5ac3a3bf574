import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Message } from '@tradewind/messaging/message.ts';
import { checkHeaders } from '@tradewind/outbox/event-headers.ts';
import type { Failure } from '@tradewind/outbox/parked.ts';
import type { ProjectorOptions } from '@tradewind/outbox/projector.ts';
import type { Timed } from './fold.ts';
import { factOf, windowedEvents } from './read-event.ts';

/** A message and what the windows take from it, or why that cannot be known. */
export type Reading =
  | { readonly message: Message; readonly fact: Timed; readonly failure?: never }
  | { readonly message: Message; readonly fact?: never; readonly failure: Failure };

/** What says nothing to the windows is left out. Throws only where the registry is away: the batch then comes again. */
export async function readMessages(
  batch: readonly Message[],
  decode: ProjectorOptions['decode'],
): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const message of batch) {
    if (!windowedEvents.has(message.headers['eventType'] ?? '')) continue;
    try {
      const decoded = decode(message.value, message.topic);
      const event = decoded instanceof Promise ? await decoded : decoded;
      if (!event) continue;
      checkHeaders(event, message);
      const fact = factOf(event);
      if (fact) readings.push({ message, fact: { ...fact, storedAt: message.timestamp } });
    } catch (error) {
      if (error instanceof DomainError && error.retryable) throw error;
      const code = error instanceof DomainError ? error.code : 'UNDECODABLE';
      readings.push({ message, failure: { code, message: String(error), attempts: 1, retryIn: undefined } });
    }
  }
  return readings;
}
