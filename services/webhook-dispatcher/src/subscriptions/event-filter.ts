import { eventDefinitions, type EventType, eventTypes } from '@tradewind/contracts/event.ts';

/** About deliveries themselves: delivered, each would lead to the next one. */
const OWN_TOPIC = 'ecommerce.webhook.delivery';

/** What can be subscribed to. */
export const deliverableTypes: readonly EventType[] = eventTypes
  .filter((type) => eventDefinitions[type].topic !== OWN_TOPIC)
  .toSorted();

/** Topics that the intake reads. */
export const deliverableTopics: readonly string[] = [
  ...new Set(deliverableTypes.map((type) => eventDefinitions[type].topic)),
].toSorted();

/** Whether a pattern stands for a type: a whole name, or a part of it with `*` at its end. Pure. */
export const matches = (pattern: string, type: string): boolean =>
  pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type;

export const matchesAny = (patterns: readonly string[], type: string): boolean =>
  patterns.some((pattern) => matches(pattern, type));

/** The patterns that stand for no event at all. Pure. */
export const unknownPatterns = (patterns: readonly string[]): string[] =>
  patterns.filter((pattern) => !deliverableTypes.some((type) => matches(pattern, type)));
