import type { CurrencyRate } from '#engine/currency-rate.ts';
import type { FlashPrice, FlashSale, PriceList, Promotion, VolumePrice } from '#engine/rules.ts';
import { conditionsIn, type ConditionsRow, effectIn, type EffectRow } from './rule-json.ts';

/** Rules as rows tell them, and as the engine takes them. */
interface WindowRow {
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
}

const windowOf = ({ startsAt, endsAt }: WindowRow) => ({
  startsAt: startsAt?.getTime(),
  endsAt: endsAt?.getTime(),
});

export interface PromotionRow extends WindowRow {
  readonly id: string;
  readonly name: string;
  readonly conditions: ConditionsRow;
  readonly effect: EffectRow;
  readonly currency: string | null;
  readonly priority: number;
  readonly stackable: boolean;
  readonly excludes: readonly string[];
}

export const promotionOf = ({ startsAt, endsAt, ...row }: PromotionRow): Promotion => ({
  ...row,
  ...windowOf({ startsAt, endsAt }),
  currency: row.currency ?? undefined,
  conditions: conditionsIn(row.conditions),
  effect: effectIn(row.effect),
});

export interface PriceListRow extends WindowRow {
  readonly id: string;
  readonly name: string;
  readonly currency: string;
  readonly segment: string | null;
  readonly priority: number;
}

export interface PriceRow {
  readonly listId: string;
  readonly productId: string;
  readonly minQty: number;
  readonly unitMinor: bigint;
}

/** @param rows in rising order of minQty */
export function priceListsOf(lists: readonly PriceListRow[], rows: readonly PriceRow[]): PriceList[] {
  const byList = Map.groupBy(rows, ({ listId }) => listId);
  return lists.map(({ startsAt, endsAt, ...list }) => {
    const prices = new Map<string, VolumePrice[]>();
    for (const { productId, minQty, unitMinor } of byList.get(list.id) ?? []) {
      prices.set(productId, [...(prices.get(productId) ?? []), { minQty, unitMinor }]);
    }
    return { ...list, ...windowOf({ startsAt, endsAt }), segment: list.segment ?? undefined, prices };
  });
}

export interface FlashSaleRow {
  readonly id: string;
  readonly name: string | null;
  readonly productIds: readonly string[];
  readonly basisPoints: number | null;
  readonly priceMinor: bigint | null;
  readonly currency: string | null;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

export function flashPriceOf({
  basisPoints,
  priceMinor,
  currency,
}: Pick<FlashSaleRow, 'basisPoints' | 'priceMinor' | 'currency'>): FlashPrice {
  return priceMinor !== null && currency !== null
    ? { unitMinor: priceMinor, currency }
    : { basisPoints: basisPoints ?? 0 };
}

export function flashSaleOf(row: FlashSaleRow): FlashSale {
  const price = flashPriceOf(row);
  return {
    id: row.id,
    name: row.name ?? 'Flash sale',
    ...windowOf(row),
    prices: new Map(row.productIds.map((productId) => [productId, price])),
  };
}

export interface RateRow {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly rate: string;
  readonly asOf: Date;
}

export const rateOf = (row: RateRow): CurrencyRate => ({ ...row, asOf: row.asOf.getTime() });
