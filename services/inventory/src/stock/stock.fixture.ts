import { isPublished, type StockEvent } from './events.ts';
import { evolve, type Stock, StockState, type StockRow } from './stock.ts';

export const NOON = new Date('2026-11-21T12:00:00Z');
export const minutes = (count: number): Date => new Date(NOON.getTime() + count * 60_000);

/** A stock row of SKU-1, whose product is P-1, in the default location. */
export function row(changes: Partial<StockRow> = {}): StockRow {
  return {
    ...{ productId: 'P-1', sku: 'SKU-1', storeId: 'STORE-1', onHand: 10, reserved: 0, version: 1 },
    ...{ reorderPoint: null, updatedAt: NOON },
    ...changes,
  };
}

export function given(...rows: readonly StockRow[]): StockState {
  const state = new StockState();
  for (const one of rows) state.put(one);
  return state;
}

/** Decides and folds; answers what was decided. */
export function when(
  state: StockState,
  decide: (stock: Stock, now: Date) => readonly StockEvent[],
  now = NOON,
): readonly StockEvent[] {
  const events = decide(state, now);
  for (const event of events) evolve(state, event, now);
  return events;
}

/** The published ones, by their short names. */
export const namesOf = (events: readonly StockEvent[]): string[] =>
  events.filter(isPublished).map(({ type }) => type.split('.')[3] ?? '');

/** Code of what a decision throws. */
export function refusal(decide: () => unknown): unknown {
  try {
    decide();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
}
