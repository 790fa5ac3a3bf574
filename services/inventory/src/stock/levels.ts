import type { PublishedEvent } from './events.ts';

export interface RowLevels {
  /** The location. */
  readonly storeId: string;
  readonly sku: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly version: number;
}

/** A product's stock in all of its locations, after the product's event of this version. */
export interface ProductLevels {
  readonly productId: string;
  readonly version: number;
  readonly stocks: readonly RowLevels[];
}

/** The levels after an event; undefined where it, or one before it, is missing. What they know already changes nothing. */
export function levelsAfter(
  levels: ProductLevels,
  version: number,
  payload: PublishedEvent['payload'] | undefined,
): ProductLevels | undefined {
  if (version <= levels.version) return levels;
  if (version > levels.version + 1 || !payload) return undefined;
  const { storeId, sku, onHand, reserved, version: rowVersion } = payload;
  const others = levels.stocks.filter((row) => row.storeId !== storeId || row.sku !== sku);
  return { ...levels, version, stocks: [...others, { storeId, sku, onHand, reserved, version: rowVersion }] };
}

export const availableOf = ({ stocks }: ProductLevels): number =>
  stocks.reduce((sum, { onHand, reserved }) => sum + onHand - reserved, 0);
