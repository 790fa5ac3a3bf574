import { startOf, type WindowSize, windowSizes } from './window.ts';

/** By how much one window of one currency changes. */
export interface RevenueSum {
  readonly size: WindowSize;
  readonly start: number;
  readonly currency: string;
  gross: bigint;
  refunded: bigint;
  orders: number;
  refunds: number;
  canceled: number;
  /** Events that came after the window was final. */
  late: number;
}

export interface CountSum {
  readonly size: WindowSize;
  readonly start: number;
  /** A stage of the funnel, or `paid-after:<bucket>`. */
  readonly name: string;
  count: number;
}

export interface ProductSum {
  readonly day: number;
  readonly productId: string;
  readonly currency: string;
  qty: number;
  amount: bigint;
}

type Amounts = Partial<Pick<RevenueSum, 'gross' | 'refunded' | 'orders' | 'refunds' | 'canceled'>>;

/** What a batch adds to the windows: each window once, however many events fall into it. */
export interface Sums {
  readonly revenue: ReadonlyMap<string, RevenueSum>;
  readonly counts: ReadonlyMap<string, CountSum>;
  readonly products: ReadonlyMap<string, ProductSum>;
  addRevenue(at: number, currency: string, amounts: Amounts, isLate: (size: WindowSize) => boolean): void;
  addCount(at: number, name: string): void;
  addProduct(at: number, productId: string, currency: string, qty: number, amount: bigint): void;
}

export function newSums(): Sums {
  const revenue = new Map<string, RevenueSum>();
  const counts = new Map<string, CountSum>();
  const products = new Map<string, ProductSum>();

  function revenueAt(size: WindowSize, start: number, currency: string): RevenueSum {
    const key = `${size} ${start} ${currency}`;
    let sum = revenue.get(key);
    if (!sum) {
      const nothing = { gross: 0n, refunded: 0n, orders: 0, refunds: 0, canceled: 0, late: 0 };
      revenue.set(key, (sum = { size, start, currency, ...nothing }));
    }
    return sum;
  }

  return {
    ...{ revenue, counts, products },
    addRevenue(at, currency, amounts, isLate) {
      for (const size of windowSizes) {
        const sum = revenueAt(size, startOf(size, at), currency);
        sum.gross += amounts.gross ?? 0n;
        sum.refunded += amounts.refunded ?? 0n;
        sum.orders += amounts.orders ?? 0;
        sum.refunds += amounts.refunds ?? 0;
        sum.canceled += amounts.canceled ?? 0;
        if (isLate(size)) sum.late++;
      }
    },
    addCount(at, name) {
      for (const size of windowSizes) {
        const start = startOf(size, at);
        const key = `${size} ${start} ${name}`;
        const sum = counts.get(key);
        if (sum) sum.count++;
        else counts.set(key, { size, start, name, count: 1 });
      }
    },
    addProduct(at, productId, currency, qty, amount) {
      const day = startOf('1d', at);
      const key = `${day} ${currency} ${productId}`;
      const sum = products.get(key);
      if (sum) {
        sum.qty += qty;
        sum.amount += amount;
      } else products.set(key, { day, productId, currency, qty, amount });
    },
  };
}
