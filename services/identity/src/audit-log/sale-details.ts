import type { AuditDetails } from '@tradewind/contracts/audit-chain.ts';
import { formatDecimal } from '@tradewind/contracts/decimal.ts';
import type { PayloadOf } from '@tradewind/contracts/event.ts';

type Facts = Omit<PayloadOf<'ecommerce.pricing.flash_sale.started.v1'>, 'saleId' | 'setBy'>;

/** A sale may have hundreds of products: its event, which the entry names, has them all. */
const SHOWN = 20;

/** What a flash sale did to prices. */
export const saleDetails = ({
  name,
  discountBasisPoints,
  startsAt,
  endsAt,
  prices,
}: Facts): AuditDetails => ({
  name,
  discountBasisPoints: discountBasisPoints === null ? null : String(discountBasisPoints),
  startsAt: startsAt.toISOString(),
  endsAt: endsAt.toISOString(),
  products: String(prices.length),
  prices: prices
    .slice(0, SHOWN)
    .map(({ productId, price, currency }) => `${productId} ${formatDecimal(price, currency)} ${currency}`),
});
