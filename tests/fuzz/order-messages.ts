import fc from 'fast-check';
import { breakages, broken, textBreakages } from './breakage.ts';

/** Whose orders the messages name. */
export interface Orders {
  readonly own: string;
  readonly foreign: string;
  readonly missing: string;
}

/** What a client of `/ws/orders` says: as the contract has it, nearly so, and not at all. */
export function orderMessages(orders: Orders): fc.Arbitrary<Buffer> {
  const orderId = fc.constantFrom(orders.own, orders.own, orders.foreign, orders.missing);
  const version = fc.nat({ max: 5 });
  const channel = fc.constant('me');
  const type = (name: string): fc.Arbitrary<string> => fc.constant(name);
  const valid: fc.Arbitrary<object> = fc.oneof(
    fc.record({ type: type('subscribe'), orderId, version }, { requiredKeys: ['type', 'orderId'] }),
    fc.record({ type: fc.constantFrom('subscribe', 'unsubscribe'), channel }),
    fc.record({ type: type('unsubscribe'), orderId }),
    fc.record({ type: type('ack'), orderId, version }),
    fc.record({ type: type('ping') }),
  );
  const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value) ?? '');
  return fc.oneof(
    { weight: 3, arbitrary: valid.map(bytes) },
    {
      weight: 12,
      arbitrary: fc.tuple(valid, breakages).map(([value, all]) => bytes(all.reduce<unknown>(broken, value))),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(valid, textBreakages).map(([value, spoil]) => spoil(JSON.stringify(value))),
    },
  );
}

/** How a message must be refused at once; undefined where it is one. Pure, and written after the contract, not the code. */
export function refusalOf(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'MALFORMED_MESSAGE';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'MALFORMED_MESSAGE';
  const { type, orderId, version, channel } = value as Record<string, unknown>;
  const named = typeof orderId === 'string' && /^[^\0]{1,100}$/u.test(orderId);
  const counted = typeof version === 'number' && Number.isSafeInteger(version) && version >= 0;
  const valid = {
    subscribe: (named && (version === undefined || counted)) || channel === 'me',
    unsubscribe: named || channel === 'me',
    ack: named && counted,
    ping: true,
  };
  if (typeof type !== 'string' || !Object.hasOwn(valid, type)) return 'UNKNOWN_TYPE';
  return valid[type as keyof typeof valid] ? undefined : 'INVALID_MESSAGE';
}

export const isPing = (text: string): boolean =>
  refusalOf(text) === undefined && (JSON.parse(text) as { type: string }).type === 'ping';
