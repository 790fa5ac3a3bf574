import { newId } from '@tradewind/kernel/ids.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { CommandContext } from './context.ts';
import type { EventEncoder } from './encoder.ts';
import { appendToOutbox } from './outbox.ts';

/** What an operator did to a service itself. */
export interface Operation {
  /** `dead_letter.dropped` */
  readonly action: string;
  /** `<kind>:<id>` */
  readonly resource: string;
  readonly details: Readonly<Record<string, string>>;
}

export const OPERATION_PERFORMED = 'ecommerce.platform.operation.performed.v1';

/** Tells of an act in its own transaction: the audit log takes it from the event (ADR 0027). */
export async function publishOperation(
  tx: Transaction,
  encoder: EventEncoder,
  service: string,
  { action, resource, details }: Operation,
  context: CommandContext,
): Promise<void> {
  const payload = {
    operationId: newId(),
    service,
    action,
    resource,
    details,
    performedBy: context.actor ?? '',
    performedAt: tx.now,
  };
  const event = { type: OPERATION_PERFORMED, payload } as const;
  await appendToOutbox(tx, [encoder.encode({ event, eventId: newId(), version: 1, context }, tx.now)]);
}
