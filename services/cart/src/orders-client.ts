import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { z } from 'zod';
import { DomainError, type ErrorKind } from '@tradewind/kernel/errors.ts';
import { parseAmount } from '@tradewind/kernel/money.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import type { Log } from '@tradewind/outbox/logger.ts';
import { activeTraceparent } from '@tradewind/service/request-context.ts';
import { forEachPosition, POSITION_TOKEN_HEADER } from '@tradewind/service/position-token.ts';
import type { ServiceToken } from '@tradewind/service/service-token.ts';
import type { OrderRequest } from '#cart/cart.ts';
import { cartError } from '#errors.ts';
import type { OrderAnswer, Orders } from '#orders.ts';

const TIMEOUT_MS = 9_000;
const TRIES = 3;
const PAUSE_MS = 150;
/** How long another process's request for the same order is waited for, which is no try of one's own. */
const WAIT_MS = 6_000;
const CONNECTIONS = 128;

const made = z.object({ orderId: z.string(), totalAmount: z.string(), currency: z.string() });
const problem = z.looseObject({ status: z.int(), code: z.string(), detail: z.string() });

/** Statuses with which the order service refuses, by what they mean here. */
const kinds: Readonly<Record<number, ErrorKind>> = {
  400: 'invalid',
  409: 'conflict',
  422: 'rejected',
  503: 'unavailable',
};
/** Of 503: the order was not begun, or was undone. Any other may have left an order. */
const NOTHING_LEFT = [
  'INVENTORY_UNAVAILABLE',
  'PRICING_UNAVAILABLE',
  'STARTING',
  'OVERLOADED',
  'IDENTITY_UNAVAILABLE',
];

/**
 * The order service over REST, with this service's own token and one Idempotency-Key per cart, whoever asks and however
 * often: so a cart is one order (ADR 0021).
 */
export function ordersClient(
  url: string,
  token: ServiceToken,
  log: Log,
): Orders & { close(): Promise<void> } {
  const pool = new Pool(url, {
    connections: CONNECTIONS,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  });

  async function ask(
    cartId: string,
    request: OrderRequest,
    context: CommandContext,
  ): Promise<OrderAnswer | 'again'> {
    let authorization: string;
    try {
      authorization = `Bearer ${await token(context.storeId)}`;
    } catch (cause) {
      return { kind: 'refused', refusal: cartError('ORDER_UNAVAILABLE', { cause, retryAfter: 2 }) };
    }
    const traceparent = activeTraceparent() ?? context.traceparent;
    try {
      const response = await pool.request({
        method: 'POST',
        path: '/api/v1/orders',
        headers: {
          'content-type': 'application/json',
          authorization,
          'idempotency-key': `cart-${cartId}`,
          'correlation-id': context.correlationId,
          ...(traceparent ? { traceparent } : {}),
        },
        body: JSON.stringify(request),
      });
      const answer = answerOf(
        response.statusCode,
        await response.body.text(),
        response.headers['retry-after'],
      );
      const position = response.headers[POSITION_TOKEN_HEADER];
      if (typeof answer === 'string' || answer.kind !== 'made' || typeof position !== 'string') return answer;
      forEachPosition(position, (...place) => context.wrote?.(...place));
      return { ...answer, position };
    } catch (error) {
      if ((error as { code?: string }).code === 'ECONNREFUSED') {
        return { kind: 'refused', refusal: cartError('ORDER_UNAVAILABLE', { cause: error, retryAfter: 2 }) };
      }
      log.warn({ cartId, error: String(error) }, 'it is not known what became of an order');
      return { kind: 'unknown', reason: String(error) };
    }
  }

  return {
    async place(cartId, request, context) {
      const deadline = performance.now() + WAIT_MS;
      let unknown: OrderAnswer | undefined;
      for (let tries = 1; tries <= TRIES;) {
        const answer = await ask(cartId, request, context);
        if (answer === 'again') {
          if (performance.now() > deadline) break;
          await pause(PAUSE_MS);
          continue;
        }
        if (answer.kind === 'made') return answer;
        // After a try of which nobody knows, a refusal may only mean that this one is still under way.
        if (answer.kind === 'refused' && !unknown) return answer;
        if (answer.kind === 'unknown') unknown = answer;
        await pause(PAUSE_MS * tries);
        tries++;
      }
      return unknown ?? { kind: 'unknown', reason: 'another request for the same order is under way' };
    },
    close: () => pool.close(),
  };
}

function answerOf(status: number, text: string, retryAfter: unknown): OrderAnswer | 'again' {
  if (status === 201) {
    const { orderId, totalAmount, currency } = made.parse(JSON.parse(text));
    return {
      kind: 'made',
      order: { orderId, total: parseAmount(totalAmount, currency), currency },
      body: text,
    };
  }
  const told = problem.safeParse(parsed(text)).data;
  if (!told) return { kind: 'unknown', reason: `it answered ${status}` };
  const { code } = told;
  if (code === 'IDEMPOTENCY_IN_FLIGHT') return 'again';
  const kind = kinds[status];
  const uncertain = status === 503 && !NOTHING_LEFT.includes(code);
  if (status >= 500 && (kind === undefined || uncertain)) return { kind: 'unknown', reason: code };
  if (kind === undefined) {
    // A token or a route that is not as it should be, or too many requests: nothing a shopper could help.
    return {
      kind: 'refused',
      refusal: cartError('ORDER_UNAVAILABLE', { cause: new Error(code), retryAfter: 2 }),
    };
  }
  return { kind: 'refused', refusal: refusalOf(told, kind, retryAfter) };
}

/** The order service's refusal as it stands, down to its details. */
function refusalOf(told: z.infer<typeof problem>, kind: ErrorKind, retryAfter: unknown): DomainError {
  const { type: _, title: __, status: ___, detail, instance: ____, code, traceId: _____, ...details } = told;
  const seconds = Number(retryAfter);
  return new DomainError(code, kind, detail, {
    details,
    ...(Number.isFinite(seconds) && retryAfter !== undefined ? { retryAfter: seconds } : {}),
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
