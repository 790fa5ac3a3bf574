import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { toJson } from '@tradewind/contracts/json.ts';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import type { DeadLetter, DeadLetterContent, DeadLetterId } from '@tradewind/outbox/dead-letters.ts';
import { z } from 'zod';

const facts = {
  deadLetterId: z.string(),
  consumer: z.string().meta({ description: '`relay`: the event could not be published' }),
  topic: z.string(),
  key: z.string(),
  partition: z.int().nullable(),
  offset: z.string().nullable(),
  eventId: z.string().nullable(),
  eventType: z.string().nullable(),
  errorCode: z.string(),
  error: z.string(),
  attempts: z.int(),
  parkedAt: z.string(),
  nextAttemptAt: z.string().nullable().meta({ description: 'null: it waits for an operator' }),
  behind: z.int().meta({ description: 'later events of the key, which wait for this one' }),
};
const example = {
  ...{ deadLetterId: '12', consumer: 'order.on-payment-captured', topic: 'ecommerce.payment.payment' },
  ...{ key: '01a1fca3-c02b-7d83-8f26-c90ea3a53227', partition: 3, offset: '1041' },
  ...{ eventId: '01a1fca3-d11f-7a53-9c53-3f1c8f7ab001', eventType: 'ecommerce.payment.payment.captured.v1' },
  ...{ errorCode: 'UNEXPECTED', error: 'Error: boom', attempts: 1, parkedAt: '2030-01-01T12:00:00.000Z' },
  ...{ nextAttemptAt: null, behind: 2 },
};

export const deadLetterView = z.object(facts).meta({ id: 'DeadLetter', example });

export const deadLetterDetail = z
  .object({
    ...facts,
    headers: z.record(z.string(), z.string()),
    bytes: z.string().meta({ description: 'the event as it came, base64' }),
    event: z.record(z.string(), z.unknown()).nullable().meta({ description: 'null: it cannot be read' }),
    unreadable: z.string().nullable().meta({ description: 'why it cannot be read' }),
  })
  .meta({
    id: 'DeadLetterDetail',
    example: {
      ...example,
      ...{ headers: { eventType: example.eventType, aggregateVersion: '2' }, bytes: 'AAAAABE=' },
      ...{ event: { eventId: example.eventId, payload: {} }, unreadable: null },
    },
  });

/** `12` for an event that was parked, `outbox-7` for a row of the outbox. */
export const formatDeadLetterId = ({ kind, row }: DeadLetterId): string =>
  kind === 'parked' ? String(row) : `outbox-${row}`;

/** Undefined for what is no id. */
export function parseDeadLetterId(text: string): DeadLetterId | undefined {
  const [, outbox, row] = /^(outbox-)?(\d{1,18})$/.exec(text) ?? [];
  return row === undefined ? undefined : { kind: outbox ? 'outbox' : 'parked', row: BigInt(row) };
}

export const viewOfDeadLetter = (one: DeadLetter): z.infer<typeof deadLetterView> => ({
  ...{ deadLetterId: formatDeadLetterId(one.id), consumer: one.consumer, topic: one.topic, key: one.key },
  ...{ partition: one.partition ?? null, offset: one.offset === undefined ? null : String(one.offset) },
  ...{ eventId: one.eventId ?? null, eventType: one.eventType ?? null },
  ...{ errorCode: one.errorCode, error: one.error, attempts: one.attempts },
  ...{ parkedAt: one.parkedAt.toISOString(), nextAttemptAt: one.nextAttemptAt?.toISOString() ?? null },
  behind: one.behind,
});

export async function detailOfDeadLetter(
  one: DeadLetter,
  { headers, payload }: DeadLetterContent,
  decode: (value: Buffer) => AnyEvent | Promise<AnyEvent>,
): Promise<z.infer<typeof deadLetterDetail>> {
  return {
    ...viewOfDeadLetter(one),
    ...{ headers: { ...headers }, bytes: payload.toString('base64') },
    ...(await readable(payload, decode)),
  };
}

async function readable(payload: Buffer, decode: (value: Buffer) => AnyEvent | Promise<AnyEvent>) {
  try {
    return { event: { ...toJson(await decode(payload)) }, unreadable: null };
  } catch (error) {
    // That it cannot be read may be why it lies here.
    if (!isDomainError(error)) throw error;
    return { event: null, unreadable: error.code };
  }
}
