import type { DomainEvent } from '@tradewind/outbox/encoder.ts';
import type { Attempt } from '#send/sender.ts';
import { afterFailure, afterSuccess, type Health } from './endpoint-state.ts';
import { nextTry, type Retry } from './schedule.ts';

/** A delivery with an attempt behind it, as its row stands. */
export interface Attempted {
  readonly subscriptionId: string;
  readonly deliveryId: string;
  readonly eventId: string;
  readonly eventType: string;
  /** Of this round, before this attempt. */
  readonly tries: number;
  /** Of all rounds, before this attempt. */
  readonly attempts: number;
}

export interface Rules {
  readonly timeScale: number;
  readonly disableAfterMs: number;
  readonly disableAfterFailures: number;
}

export interface Settled {
  readonly status: 'PENDING' | 'DELIVERED' | 'FAILED' | 'REFUSED';
  readonly tries: number;
  readonly retry: Retry | undefined;
  readonly health: Health;
  /** Why the subscription is disabled by this. */
  readonly disabled: string | undefined;
  readonly events: readonly DomainEvent[];
}

/**
 * What follows from an attempt, for the delivery and for its endpoint. An endpoint that is gone keeps the delivery: it goes
 * out when the subscription is enabled again. Pure.
 * @param active whether the subscription still runs: what is not running is not disabled a second time
 */
export function settle(
  delivery: Attempted,
  attempt: Attempt,
  health: Health,
  at: { readonly now: Date; readonly random: number; readonly active: boolean; readonly rules: Rules },
): Settled {
  const { now, random, active, rules } = at;
  const tries = delivery.tries + 1;
  const { subscriptionId, deliveryId, eventId: sourceEventId, eventType: sourceEventType } = delivery;
  const told = {
    subscriptionId,
    deliveryId,
    sourceEventId,
    sourceEventType,
    attempts: delivery.attempts + 1,
  };
  const { error, status = null, durationMs } = attempt;

  if (error === undefined) {
    const payload = { ...told, status: status ?? 0, durationMs };
    const event = { type: 'ecommerce.webhook.delivery.succeeded.v1', payload } as const;
    const after = afterSuccess(health);
    return {
      status: 'DELIVERED',
      tries,
      retry: undefined,
      health: after,
      disabled: undefined,
      events: [event],
    };
  }

  const after = afterFailure(health, now, rules.timeScale);
  const refused = attempt.refused === true;
  const { timeScale } = rules;
  const retry = refused
    ? undefined
    : nextTry(tries, { random, timeScale, retryAfterMs: attempt.retryAfterMs });
  const kept = attempt.gone === true;
  const disabled = active ? reasonToDisable(attempt, after, now, rules) : undefined;
  const failed = {
    type: 'ecommerce.webhook.delivery.failed.v1',
    payload: { ...told, status, error, refused },
  } as const;
  const stopped = {
    type: 'ecommerce.webhook.subscription.disabled.v1',
    payload: {
      subscriptionId,
      reason: disabled ?? '',
      failures: after.failures,
      failingSince: after.failingSince,
    },
  } as const;
  const over = !kept && retry === undefined;
  return {
    status: over ? (refused ? 'REFUSED' : 'FAILED') : 'PENDING',
    tries,
    retry: over ? undefined : (retry ?? { step: 0, inMs: 0 }),
    health: after,
    disabled,
    events: [...(over ? [failed] : []), ...(disabled === undefined ? [] : [stopped])],
  };
}

function reasonToDisable(
  attempt: Attempt,
  { failures, failingSince }: Health,
  now: Date,
  rules: Rules,
): string | undefined {
  if (attempt.gone === true) return 'GONE: the endpoint answered 410';
  if (failures < rules.disableAfterFailures || failingSince === null) return undefined;
  const failing = now.getTime() - failingSince.getTime();
  return failing < rules.disableAfterMs * rules.timeScale
    ? undefined
    : `FAILING: ${failures} attempts in a row have failed since ${failingSince.toISOString()}`;
}
