import type { Problem } from '#engine/problem.ts';

/** What the engine calls a field, and what the caller of REST does. */
const SAID: Readonly<Record<string, string>> = {
  amountMinor: 'amount',
  basisPoints: 'percent',
  buy: 'buyQty',
  get: 'getQty',
  minMinor: 'minSubtotal',
  minSubtotalMinor: 'minSubtotal',
};

const renamed = (problems: readonly Problem[], name: (path: string) => string): Problem[] => {
  // A sale has one price for many products: what is wrong with it is said once.
  const told = new Map(
    problems.map(({ path, message }) => [`${name(path)} ${message}`, { path: name(path), message }]),
  );
  return [...told.values()];
};

/** Problems of a promotion at the places of its body. */
export const saidInPromotion = (problems: readonly Problem[]): Problem[] =>
  renamed(problems, (path) => {
    const parts = path.split('.');
    const last = parts.pop() ?? '';
    return [...parts, SAID[last] ?? last].join('.');
  });

/** A code's effect is its value. */
export const saidInCode = (problems: readonly Problem[]): Problem[] =>
  saidInPromotion(problems).map((one) => (one.path.startsWith('effect.') ? { ...one, path: 'value' } : one));

/** A sale has one price or percentage for all of its products. */
export const saidInSale = (problems: readonly Problem[]): Problem[] =>
  renamed(problems, (path) => {
    if (!path.startsWith('prices.')) return path === 'prices' ? 'productIds' : path;
    if (path.endsWith('.basisPoints')) return 'discountPercent';
    return path.endsWith('.currency') ? 'currency' : 'price';
  });
