import { describe, expect, it } from 'vitest';
import type { Attempt } from '#send/sender.ts';
import { FIRST_LANES, MOST_LANES } from '#subscriptions/subscription.ts';
import { allowance, afterFailure, afterSuccess, type EndpointState, OPENS_AFTER } from './endpoint-state.ts';
import { settle } from './settle.ts';

const now = new Date('2026-11-21T12:00:00.000Z');
const before = (ms: number): Date => new Date(now.getTime() - ms);
const well: EndpointState = {
  ...{ failures: 0, failingSince: null, probeAt: null, lanes: FIRST_LANES },
  ...{ rateLimit: null, tokens: null, tokensAt: null },
};
const rules = { timeScale: 1, disableAfterMs: 60_000, disableAfterFailures: 3 };
const delivery = {
  ...{ subscriptionId: 'S1', deliveryId: 'D1', eventId: 'E1', eventType: 'ecommerce.order.order.paid.v1' },
  ...{ tries: 0, attempts: 0 },
};
const at = { now, random: 0.5, active: true, rules };
const taken: Attempt = { at: now, durationMs: 12, status: 204 };
const failed: Attempt = { at: now, durationMs: 12, status: 500, error: 'HTTP_500' };
const types = (settled: ReturnType<typeof settle>) =>
  settled.events.map(({ type }) => type.split('.').slice(2, 4).join('.'));

describe('what follows from an attempt', () => {
  it('a success delivers, is told, and ends a bad time', () => {
    const settled = settle(delivery, taken, { ...well, failures: 7, failingSince: before(1), lanes: 1 }, at);
    expect(settled).toMatchObject({
      status: 'DELIVERED',
      health: { failures: 0, failingSince: null, lanes: 2 },
    });
    expect(types(settled)).toEqual(['delivery.succeeded']);
  });

  it('a failure is tried again after the step of the schedule, and not told', () => {
    const settled = settle({ ...delivery, tries: 1 }, failed, well, at);
    expect(settled).toMatchObject({
      status: 'PENDING',
      tries: 2,
      retry: { step: 1, inMs: 120_000 },
      events: [],
    });
  });

  it('the sixth failure is the last one', () => {
    const settled = settle({ ...delivery, tries: 5, attempts: 8 }, failed, well, at);
    expect(settled).toMatchObject({ status: 'FAILED', retry: undefined });
    expect(settled.events[0]?.payload).toMatchObject({
      attempts: 9,
      status: 500,
      error: 'HTTP_500',
      refused: false,
    });
  });

  it('a refused target ends at once', () => {
    const settled = settle(
      delivery,
      { at: now, durationMs: 0, error: 'TARGET_REFUSED: x', refused: true },
      well,
      at,
    );
    expect(settled).toMatchObject({ status: 'REFUSED', retry: undefined, health: { failures: 1 } });
    expect(settled.events[0]?.payload).toMatchObject({ refused: true, status: null });
  });

  it('410 disables at once and keeps the delivery', () => {
    const gone = settle(
      { ...delivery, tries: 5 },
      { ...failed, status: 410, error: 'HTTP_410', gone: true },
      well,
      at,
    );
    expect(gone).toMatchObject({ status: 'PENDING', disabled: expect.stringContaining('GONE') as string });
    expect(types(gone)).toEqual(['subscription.disabled']);
  });

  it('an endpoint that fails for long and often is disabled; one of both is not enough', () => {
    const disabled = (failures: number, ms: number) =>
      settle(delivery, failed, { ...well, failures, failingSince: before(ms) }, at).disabled;
    expect(disabled(2, 60_000)).toContain('FAILING');
    expect([disabled(1, 60_000), disabled(2, 59_999)]).toEqual([undefined, undefined]);
  });

  it('what does not run is not disabled again', () => {
    const late = { ...at, active: false };
    expect(settle(delivery, { ...failed, gone: true }, well, late)).toMatchObject({
      disabled: undefined,
      events: [],
    });
  });
});

describe('what an endpoint may get', () => {
  it('as many at once as it has lanes', () => {
    expect(allowance(well, 1, now).attempts).toBe(FIRST_LANES - 1);
    expect(allowance(well, 99, now).attempts).toBe(0);
  });

  it('more lanes with each success, half of them after a failure', () => {
    expect(
      Array.from({ length: 100 }).reduce<EndpointState>((one) => ({ ...one, ...afterSuccess(one) }), well)
        .lanes,
    ).toBe(MOST_LANES);
    expect(afterFailure({ ...well, lanes: 8 }, now, 1).lanes).toBe(4);
    expect(afterFailure({ ...well, lanes: 1 }, now, 1).lanes).toBe(1);
  });

  it('one at a time, with a rest between, once it has failed so often', () => {
    let state = well;
    for (let failures = 1; failures <= OPENS_AFTER; failures++)
      state = { ...state, ...afterFailure(state, now, 1) };
    expect(allowance(state, 0, now)).toMatchObject({ attempts: 0, againAt: state.probeAt });
    const later = new Date(now.getTime() + 5_000);
    expect(allowance(state, 0, later).attempts).toBe(1);
    expect(allowance(state, 1, later).attempts).toBe(0);
  });

  it('not more in a second than its rate allows, and is told when there is more', () => {
    const limited = { ...well, lanes: 20, rateLimit: 10 };
    expect(allowance(limited, 0, now).attempts).toBe(10);
    const used = { ...limited, tokens: 0.5, tokensAt: before(100) };
    expect(allowance(used, 0, now)).toMatchObject({
      attempts: 1,
      againAt: new Date(now.getTime() + 50),
      tokens: 1.5,
    });
    expect(allowance({ ...used, tokensAt: before(60_000) }, 0, now).tokens).toBe(10);
  });
});
