import { pricingError } from '#errors.ts';
import type { RuleKind } from '#rules/rule-store.ts';
import { ruleTable } from '#rules/rule-table.ts';

/** One unit of `from` costs so many of `to`, since a date. */
export interface RateTerms {
  readonly from: string;
  readonly to: string;
  readonly rate: string;
  readonly asOf: Date;
}

const table = ruleTable<RateTerms>({
  table: 'currency_rates',
  idColumn: 'currency_rate_id',
  columns: ['from_currency', 'to_currency', 'rate', 'as_of'],
  toRow: ({ from, to, rate, asOf }) => [from, to, rate, asOf],
  select: `t.from_currency as "from", t.to_currency as "to", t.rate, t.as_of as "asOf"`,
  fromRow: (row) => row as unknown as RateTerms,
});

export const currencyRateKind: RuleKind<RateTerms> = {
  kind: 'CURRENCY_RATE',
  table,
  nameOf: ({ from, to, rate }) => `${from} to ${to} ${rate}`,
  notFound: () => pricingError('CURRENCY_RATE_NOT_FOUND'),
  taken: { constraint: 'currency_rates_once', error: (cause) => pricingError('RATE_TAKEN', { cause }) },
};
