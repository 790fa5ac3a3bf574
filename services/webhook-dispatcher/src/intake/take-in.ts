import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { toJson } from '@tradewind/contracts/json.ts';
import { isStorable } from '@tradewind/contracts/storable-event.ts';
import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Message } from '@tradewind/messaging/message.ts';
import { checkHeaders } from '@tradewind/outbox/event-headers.ts';
import { type Failure, parkEvent, parkedKey, parkedKeys } from '@tradewind/outbox/parked.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { Wake } from '#dispatch/wake-ups.ts';
import type { Wanting } from './known-subscriptions.ts';
import { type NewDelivery, saveIntake } from './rows.ts';

/** Under this name events are parked that cannot be read. */
export const INTAKE = 'webhook-dispatcher.intake';

export interface TakenIn {
  readonly deliveries: number;
  readonly wakes: readonly Wake[];
}

export interface TakeInDeps {
  readonly decode: (value: Buffer) => AnyEvent | Promise<AnyEvent>;
  readonly wanting: (tx: Transaction) => Promise<Wanting>;
}

/** Turns events of one tenant into deliveries, in their order. What cannot be read is parked with its key. */
export async function takeIn(
  tx: Transaction,
  messages: readonly Message[],
  deps: TakeInDeps,
): Promise<TakenIn> {
  const wanting = await deps.wanting(tx);
  const wanted = messages.filter(({ headers }) => wanting.has(headers['eventType'] ?? ''));
  if (wanted.length === 0) return { deliveries: 0, wakes: [] };
  const parked = new Set(await parkedKeys(tx, [INTAKE]));
  const found: NewDelivery[] = [];
  for (const message of wanted) {
    const place = parkedKey(INTAKE, message.topic, message.key);
    if (parked.has(place)) {
      await parkEvent(tx, INTAKE, message);
      continue;
    }
    const read = await readEvent(message, deps.decode);
    if ('failure' in read) {
      await parkEvent(tx, INTAKE, message, read.failure);
      parked.add(place);
    } else {
      found.push({
        message,
        ...read,
        subscriptionIds: wanting.ids(read.event.eventType, read.event.occurredAt),
      });
    }
  }
  const { deliveries, active } = await saveIntake(tx, found);
  return {
    deliveries,
    wakes: [...active].map((subscriptionId) => ({ storeId: tx.storeId, subscriptionId })),
  };
}

type Read = { readonly event: AnyEvent; readonly body: string } | { readonly failure: Failure };

/** The event and its JSON, which is signed and sent as it is here. */
export async function readEvent(message: Message, decode: TakeInDeps['decode']): Promise<Read> {
  try {
    const event = await decode(message.value);
    checkHeaders(event, message);
    if (!isStorable(event))
      throw new DomainError('EVENT_INVALID', 'invalid', 'the event holds what no database takes');
    return { event, body: JSON.stringify(toJson(event)) };
  } catch (error) {
    // A registry that is away says nothing about the event: the batch comes again.
    if (error instanceof DomainError && error.retryable) throw error;
    const code = error instanceof DomainError ? error.code : 'UNDECODABLE';
    return { failure: { code, message: String(error), attempts: 1, retryIn: undefined } };
  }
}
