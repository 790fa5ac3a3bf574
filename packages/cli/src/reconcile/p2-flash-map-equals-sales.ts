import type { Invariant, Violation } from './invariant.ts';
import { redisHashes } from './redis-hashes.ts';

const PREFIX = 'flash_price:';

/** A product's price in a sale; amounts in minor units, as text. */
export interface SalePrice {
  /** `<store>:<product> <sale>` */
  readonly name: string;
  readonly price: string;
  readonly listPrice: string;
  readonly currency: string;
}

// Percentages round half up, as the pricing engine does.
const running = `
  select s.store_id || ':' || p.product_id || ' ' || s.sale_id as name,
    coalesce(s.price_minor, p.price_minor - round(p.price_minor * s.basis_points / 10000.0))::bigint::text as price,
    p.price_minor::text as "listPrice", p.currency
  from flash_sales s
  join product_prices p on p.store_id = s.store_id and p.product_id = any(s.product_ids)
    and p.status = 'ACTIVE' and (s.currency is null or s.currency = p.currency)
  where s.status = 'ACTIVE' and s.ends_at > now()`;

export const flashMapEqualsSales: Invariant = {
  id: 'P2',
  title: 'the map of flash prices has the products and prices of the sales that run',
  async check(stack) {
    if (!stack.has('pricing')) return [];
    const [sold, hashes] = await Promise.all([
      stack.query<SalePrice>('pricing', running),
      redisHashes(stack.redis, `${PREFIX}*`),
    ]);
    const now = Date.now();
    const shown = [...hashes].flatMap(([key, entries]) =>
      Object.entries(entries)
        .map(([sale, text]) => ({
          ...(JSON.parse(text) as Omit<SalePrice, 'name'> & { readonly endsAt: number }),
          name: nameOf(key.slice(PREFIX.length), sale),
        }))
        .filter(({ endsAt }) => endsAt > now),
    );
    return mapMismatches(sold, shown);
  },
};

/** @param sale the field of the product's hash: `<store> <sale>` */
function nameOf(productId: string, sale: string): string {
  const [store = '', saleId = ''] = sale.split(' ');
  return `${decodeURIComponent(store)}:${productId} ${saleId}`;
}

const textOf = ({ price, listPrice, currency }: SalePrice): string => `${price} of ${listPrice} ${currency}`;

/** Pure. @param shown what the map has of sales that are not over by time */
export function mapMismatches(sold: readonly SalePrice[], shown: readonly SalePrice[]): Violation[] {
  const mapped = new Map(shown.map((one) => [one.name, textOf(one)]));
  const known = new Set(sold.map(({ name }) => name));
  const wrong = sold.flatMap((one): Violation[] => {
    const [subject, is, says] = [one.name, textOf(one), mapped.get(one.name)];
    if (says === undefined) return [{ subject, what: 'is on sale and not in the map' }];
    return says === is ? [] : [{ subject, what: `costs ${is}, and the map says ${says}` }];
  });
  const over = shown.filter(({ name }) => !known.has(name));
  return [...wrong, ...over.map(({ name }) => ({ subject: name, what: 'is in the map and not on sale' }))];
}
