import { describe, expect, it } from 'vitest';
import { expireReservation } from '#expire-reservations/decide.ts';
import { holdReservation } from '#hold-reservation/decide.ts';
import { releaseReservation } from '#release-reservation/decide.ts';
import { reserveStock } from '#reserve-stock/decide.ts';
import { given, minutes, namesOf, NOON, refusal, row, when } from '#stock/stock.fixture.ts';
import type { StockState } from '#stock/stock.ts';
import { confirmReservation } from './decide.ts';

const ID = 'R-1';

function held(): StockState {
  const state = given(row());
  when(state, (stock, now) =>
    reserveStock(
      stock,
      {
        ...{ reservationId: ID, orderId: 'O-1', ttlMs: 900_000 },
        lines: [{ productId: 'P-1', sku: undefined, storeId: 'STORE-1', qty: 4 }],
      },
      now,
    ),
  );
  return state;
}

const confirm = (state: StockState, revive = false) =>
  when(state, (stock) => confirmReservation(stock, { reservationId: ID, adjustmentId: 'A-1', revive }));
const release = (state: StockState, byHand = false) =>
  when(state, (stock) =>
    releaseReservation(stock, { reservationId: ID, reason: null, adjustmentId: 'A-2', byHand }),
  );
const expire = (state: StockState, now: Date) =>
  when(state, (stock) => expireReservation(stock, ID, now), now);
const stockIn = (state: StockState) => {
  const { onHand = 0, reserved = 0, version = 0 } = state.row('STORE-1', 'SKU-1') ?? {};
  return [onHand, reserved, version];
};

describe('a held reservation', () => {
  it('is sold: one change of the row, told as confirmed and as adjusted', () => {
    const state = held();
    const events = confirm(state);
    expect(namesOf(events)).toEqual(['confirmed', 'adjusted']);
    expect(events[1]?.payload).toMatchObject({
      delta: -4,
      reason: 'SOLD',
      adjustmentId: 'A-1',
      reservationId: ID,
      version: 3,
    });
    expect(stockIn(state)).toEqual([6, 0, 3]);
    expect(confirm(state)).toEqual([]);
  });

  it('once sold comes back by its order only', () => {
    const state = held();
    confirm(state);
    expect(refusal(() => release(state, true))).toBe('RESERVATION_SOLD');
    expect(stockIn(state)).toEqual([6, 0, 3]);
    expect(namesOf(release(state))).toEqual(['released', 'adjusted']);
    expect(stockIn(state)).toEqual([10, 0, 4]);
  });

  it("is nobody else's to release while its order is being paid", () => {
    const state = held();
    when(state, (stock, now) => holdReservation(stock, { reservationId: ID, expiresAt: null }, now));
    expect(refusal(() => release(state, true))).toBe('RESERVATION_IN_PAYMENT');
    expect(stockIn(state)).toEqual([10, 4, 2]);
    expect(namesOf(release(state))).toEqual(['released']);
  });

  it('is released, and a repeat changes nothing', () => {
    const state = held();
    expect(namesOf(release(state))).toEqual(['released']);
    expect(stockIn(state)).toEqual([10, 0, 3]);
    expect(release(state)).toEqual([]);
    expect(refusal(() => confirm(state))).toBe('RESERVATION_RELEASED');
  });

  it('lapses at its time and not before', () => {
    const state = held();
    expect(expire(state, minutes(14))).toEqual([]);
    expect(namesOf(expire(state, minutes(15)))).toEqual(['expired']);
    expect(stockIn(state)).toEqual([10, 0, 3]);
    expect(expire(state, minutes(16))).toEqual([]);
    expect(refusal(() => confirm(state))).toBe('RESERVATION_EXPIRED');
  });

  it('is kept without end before a charge', () => {
    const state = held();
    when(state, (stock, now) => holdReservation(stock, { reservationId: ID, expiresAt: null }, now));
    expect(state.reservation(ID)?.expiresAt).toBeNull();
    expect(expire(state, minutes(10_000))).toEqual([]);
  });

  it('cannot be kept until a time that is over', () => {
    const state = held();
    expect(refusal(() => holdReservation(state, { reservationId: ID, expiresAt: minutes(-1) }, NOON))).toBe(
      'INVALID_REQUEST',
    );
  });
});

describe('a sold reservation', () => {
  it('is not kept and does not lapse, but its pieces can come back', () => {
    const state = held();
    confirm(state);
    expect(holdReservation(state, { reservationId: ID, expiresAt: null }, NOON)).toEqual([]);
    expect(expire(state, minutes(60))).toEqual([]);
    const events = release(state);
    expect(namesOf(events)).toEqual(['released', 'adjusted']);
    expect(events[1]?.payload).toMatchObject({ delta: 4, reason: 'RETURNED' });
    expect(stockIn(state)).toEqual([10, 0, 4]);
  });
});

describe('a lapsed reservation that was paid', () => {
  it('is sold anew while there is stock', () => {
    const state = held();
    expire(state, minutes(15));
    expect(namesOf(confirm(state, true))).toEqual(['reserved', 'confirmed', 'adjusted']);
    expect(stockIn(state)).toEqual([6, 0, 5]);
    expect(state.reservation(ID)?.state).toBe('COMMITTED');
  });

  it('is lost when its pieces are gone', () => {
    const state = held();
    expire(state, minutes(15));
    state.put(row({ onHand: 10, reserved: 7, version: 9 }));
    expect(refusal(() => confirm(state, true))).toBe('RESERVATION_LOST');
    expect(stockIn(state)).toEqual([10, 7, 9]);
  });
});

it('an unknown reservation is not found', () => {
  expect(refusal(() => confirm(given(row())))).toBe('RESERVATION_NOT_FOUND');
});
