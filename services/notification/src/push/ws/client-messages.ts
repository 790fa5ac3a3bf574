import { z } from 'zod';

/** What a client may say on `/ws/orders`. Fields that are not known here are left to later versions. */
// A text with a NUL is one that PostgreSQL refuses, and with it the look-ups of others that share the query.
const orderId = z
  .string()
  .min(1)
  .max(100)
  .refine((id) => !id.includes('\0'));
const me = z.literal('me');
const messages = {
  subscribe: z.union([
    z.object({
      type: z.literal('subscribe'),
      orderId,
      /** Known already: only what came after it is told. */
      version: z.int().min(0).optional(),
    }),
    z.object({ type: z.literal('subscribe'), channel: me }),
  ]),
  unsubscribe: z.union([
    z.object({ type: z.literal('unsubscribe'), orderId }),
    z.object({ type: z.literal('unsubscribe'), channel: me }),
  ]),
  ack: z.object({ type: z.literal('ack'), orderId, version: z.int().min(0) }),
  ping: z.object({ type: z.literal('ping') }),
};

type MessageType = keyof typeof messages;
export type ClientMessage = z.infer<(typeof messages)[MessageType]>;

/** Why a message is refused; the connection stays. */
export type Refusal = 'MALFORMED_MESSAGE' | 'UNKNOWN_TYPE' | 'INVALID_MESSAGE';

/** A client's frame as a message, or why it is none. */
export function readMessage(text: string): ClientMessage | Refusal {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'MALFORMED_MESSAGE';
  const { type } = value as { type?: unknown };
  if (typeof type !== 'string' || !Object.hasOwn(messages, type)) return 'UNKNOWN_TYPE';
  // One of both is meant, and nobody can tell which.
  if ('orderId' in value && 'channel' in value) return 'INVALID_MESSAGE';
  const result = messages[type as MessageType].safeParse(value);
  return result.success ? result.data : 'INVALID_MESSAGE';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
