import { isCurrency } from '@tradewind/kernel/money.ts';
import { nodesOf } from './conditions.ts';
import { type CurrencyRate, rateFraction } from './currency-rate.ts';
import { typeOf } from './effect-types.ts';
import {
  checkBasisPoints,
  checkMinor,
  checkPieces,
  checkRising,
  type Problem,
  unless,
  within,
} from './problem.ts';
import type { Conditions, DiscountCode, FlashSale, PriceList, Promotion, Window } from './rules.ts';

const checkWindow = ({ startsAt, endsAt }: Window): Problem[] =>
  unless(
    startsAt === undefined || endsAt === undefined || startsAt < endsAt,
    'endsAt',
    'must be after the start',
  );

const checkCurrency = (currency: string, path = 'currency'): Problem[] =>
  unless(isCurrency(currency), path, 'a currency of ISO 4217');

const checkListed = (list: readonly unknown[] | undefined, path: string): Problem[] =>
  unless(list === undefined || list.length > 0, path, 'at least one');

function checkConditions(conditions: Conditions): Problem[] {
  const { productIds, categoryIds, codes, minQty, minSubtotalMinor, all, any } = conditions;
  return [
    ...checkListed(productIds, 'productIds'),
    ...checkListed(categoryIds, 'categoryIds'),
    ...checkListed(codes, 'codes'),
    ...(minQty === undefined ? [] : checkPieces(minQty, 'minQty')),
    ...(minSubtotalMinor === undefined ? [] : checkMinor(minSubtotalMinor, 'minSubtotalMinor')),
    ...checkListed(all, 'all'),
    ...checkListed(any, 'any'),
    ...(all ?? []).flatMap((child, index) => within(`all.${index}`, checkConditions(child))),
    ...(any ?? []).flatMap((child, index) => within(`any.${index}`, checkConditions(child))),
  ];
}

/** What is wrong with a promotion or a code whose complexity was checked before. */
export function checkDiscount(rule: Promotion | DiscountCode): Problem[] {
  const { effect, conditions = {}, currency, priority = 0 } = rule;
  const type = typeOf(effect);
  const hasAmounts =
    type.hasAmounts(effect) ||
    [...nodesOf(conditions)].some(({ minSubtotalMinor }) => minSubtotalMinor !== undefined);
  return [
    ...within('conditions', checkConditions(conditions)),
    ...within('effect', type.problems(effect)),
    ...checkWindow(rule),
    ...unless(Number.isSafeInteger(priority), 'priority', 'a whole number'),
    ...(currency === undefined
      ? unless(!hasAmounts, 'currency', 'a rule with amounts needs their currency')
      : checkCurrency(currency)),
  ];
}

export const checkPriceList = (list: PriceList): Problem[] => [
  ...checkCurrency(list.currency),
  ...checkWindow(list),
  ...unless(Number.isSafeInteger(list.priority), 'priority', 'a whole number'),
  ...[...list.prices].flatMap(([productId, tiers]) =>
    within(`prices.${productId}`, [
      ...checkRising(
        tiers.map(({ minQty }) => minQty),
        'tiers',
      ),
      ...tiers.flatMap(({ minQty, unitMinor }, index) =>
        within(`tiers.${index}`, [...checkPieces(minQty, 'minQty'), ...checkMinor(unitMinor, 'unitMinor')]),
      ),
    ]),
  ),
];

export const checkFlashSale = (sale: FlashSale): Problem[] => [
  ...unless(sale.prices.size > 0, 'prices', 'at least one product'),
  ...checkWindow(sale),
  ...[...sale.prices].flatMap(([productId, price]) =>
    within(
      `prices.${productId}`,
      'currency' in price
        ? [...checkMinor(price.unitMinor, 'unitMinor'), ...checkCurrency(price.currency)]
        : checkBasisPoints(price.basisPoints),
    ),
  ),
];

export const checkCurrencyRate = ({ from, to, rate, asOf }: CurrencyRate): Problem[] => [
  ...checkCurrency(from, 'from'),
  ...checkCurrency(to, 'to'),
  ...unless(from !== to, 'to', 'another currency'),
  ...unless(
    rateFraction(rate) !== undefined,
    'rate',
    'a positive decimal, up to twelve digits on each side of the point',
  ),
  ...unless(Number.isSafeInteger(asOf), 'asOf', 'an instant'),
];
