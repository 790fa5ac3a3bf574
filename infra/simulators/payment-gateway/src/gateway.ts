import { setTimeout as pause } from 'node:timers/promises';
import { parseAmount } from '@tradewind/kernel/money.ts';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import { type Behaviour, behaviourOf } from '#behaviour.ts';
import type { Book, Channel, Entry } from '#book.ts';
import { GatewayFault } from '#fault.ts';
import { type Knobs, knobsOf } from '#knobs.ts';

export interface ProcessPayment {
  readonly idempotencyKey: string;
  readonly orderId: string;
  readonly amount: string;
  readonly currency: string;
  readonly paymentToken?: string | undefined;
}

export interface RefundPayment {
  readonly idempotencyKey: string;
  readonly transactionId: string;
  readonly amount: string;
  readonly currency: string;
}

/** An answer, and whether it is to be mangled on its way out. */
export interface Delivered<A> {
  readonly answer: A;
  readonly malformed: boolean;
}

export interface GatewayParts {
  readonly book: Book;
  readonly knobs: () => Knobs;
  readonly random: () => number;
  readonly now: () => number;
  /** Posts an outcome to the merchant, `times` over. */
  readonly callBack: (entry: Entry, times: number) => void;
}

/** The three operations as both channels offer them. They throw GatewayFault, and some promises never settle. */
export function createGateway({ book, knobs, random, now, callBack }: GatewayParts) {
  /** Keys whose outcome is kept in the dark, with the time (epoch ms) at which that ends. */
  const dark = new Map<string, number>();

  async function begin(
    channel: Channel,
    request: { amount?: string; token?: string | undefined },
  ): Promise<Behaviour> {
    const behaviour = behaviourOf(knobsOf(knobs(), channel), channel, request, random);
    if (behaviour.down) throw new GatewayFault('GATEWAY_UNAVAILABLE', 'the gateway is away', 'away');
    if (behaviour.latencyMs > 0) await pause(behaviour.latencyMs);
    return behaviour;
  }

  async function end<A>(key: string, behaviour: Behaviour, answer: A): Promise<Delivered<A>> {
    if (behaviour.silentMs === Infinity || inTheDark(key)) await new Promise<never>(() => undefined);
    return { answer, malformed: behaviour.malformed };
  }

  function inTheDark(key: string): boolean {
    const until = dark.get(key);
    if (until === undefined) return false;
    if (until > now()) return true;
    dark.delete(key);
    return false;
  }

  function refuseIfAsked({ fault }: Behaviour): void {
    if (fault) throw new GatewayFault('PROCESSOR_ERROR', 'the processor failed; nothing was done', 'gateway');
  }

  return {
    async processPayment(channel: Channel, request: ProcessPayment) {
      const { idempotencyKey: key, orderId, currency, paymentToken: token } = request;
      const behaviour = await begin(channel, { amount: request.amount, token });
      const amount = positive(request.amount, currency);
      const isNew = book.find(key) === undefined;
      if (isNew) refuseIfAsked(behaviour);
      const entry = book.charge({
        key,
        orderId,
        amount,
        currency,
        channel,
        declineCode: behaviour.declineCode,
      });
      if (isNew && behaviour.silentMs > 0 && behaviour.silentMs < Infinity)
        dark.set(key, now() + behaviour.silentMs);
      if (isNew) callBack(entry, behaviour.callbacks);
      return end(key, behaviour, {
        transactionId: entry.transactionId,
        status: entry.status,
        code: entry.code,
      });
    },

    async refundPayment(channel: Channel, request: RefundPayment) {
      const { idempotencyKey: key, transactionId, currency } = request;
      const behaviour = await begin(channel, { amount: request.amount });
      const amount = positive(request.amount, currency);
      const isNew = book.find(key) === undefined;
      if (isNew) refuseIfAsked(behaviour);
      const entry = book.refund({ key, transactionId, amount, currency, channel });
      if (isNew) callBack(entry, behaviour.callbacks);
      return end(key, behaviour, { refundId: entry.refundId, status: entry.status, code: entry.code });
    },

    /** Answers even while charges time out: only `down`, latency and a payment kept in the dark hold it up. */
    async queryPayment(channel: Channel, key: string) {
      const behaviour = await begin(channel, {});
      const entry = book.find(key);
      const answer = entry
        ? { status: entry.status, transactionId: idOf(entry), code: entry.code }
        : { status: 'UNKNOWN' as const };
      return end(key, { ...behaviour, silentMs: 0, malformed: false }, answer);
    },
  };
}

export type Gateway = ReturnType<typeof createGateway>;

export const idOf = (entry: Entry): string =>
  entry.kind === 'CHARGE' ? entry.transactionId : entry.refundId;

function positive(amount: string, currency: string): bigint {
  try {
    const minor = parseAmount(amount, currency);
    if (minor > 0n) return minor;
  } catch (error) {
    if (!isDomainError(error)) throw error;
  }
  throw new GatewayFault('INVALID_AMOUNT', 'not an amount of this currency', 'caller');
}
