/** Whose orders are listed, before and after. */
export const FEW = { userId: 'history-few', orders: 5 };
export const MANY = { userId: 'history-many', orders: 10_000 };

const ORDINARY = 50_000;
const REGULARS = 5;
const EVERY = 20;

/** Pure. Whose the n-th order is: many customers with some orders each, and a few with a hundredth of all each. */
export function customerOf(n: number): string {
  return n % EVERY === 0 ? `history-regular-${(n / EVERY) % REGULARS}` : `history-${(n * 7_919) % ORDINARY}`;
}

/** Pure. The customers of the next orders, where `standing` of `wanted` stand. */
export function nextCustomers(standing: number, wanted: number, most: number): string[] {
  const count = Math.max(0, Math.min(most, wanted - standing));
  return Array.from({ length: count }, (_, at) => customerOf(standing + at));
}
