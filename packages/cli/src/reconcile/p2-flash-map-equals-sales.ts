import { without, type Invariant } from './invariant.ts';
import { redisHashes } from './redis-hashes.ts';

const PREFIX = 'flash_price:';

const running = `
  select s.store_id || ':' || p.product_id || ' ' || s.sale_id as name
  from flash_sales s
  join product_prices p on p.store_id = s.store_id and p.product_id = any(s.product_ids)
    and (s.currency is null or s.currency = p.currency)
  where s.status = 'ACTIVE' and s.ends_at > now()`;

/** Sales whose products may have changed since they began are not compared by price: that follows at their next event. */
export const flashMapEqualsSales: Invariant = {
  id: 'P2',
  title: 'the map of flash prices has the products of the sales that run',
  async check(stack) {
    if (!stack.has('pricing')) return [];
    const [rows, hashes] = await Promise.all([
      stack.query<{ name: string }>('pricing', running),
      redisHashes(stack.redis, `${PREFIX}*`),
    ]);
    const now = Date.now();
    const shown = [...hashes].flatMap(([key, entries]) =>
      Object.entries(entries)
        .filter(([, text]) => (JSON.parse(text) as { endsAt: number }).endsAt > now)
        .map(([saleId]) => `${key.slice(PREFIX.length)} ${saleId}`),
    );
    const [sold, mapped] = [new Set(rows.map(({ name }) => name)), new Set(shown)];
    return [
      ...without(sold, mapped).map((subject) => ({ subject, what: 'is on sale and not in the map' })),
      ...without(mapped, sold).map((subject) => ({ subject, what: 'is in the map and not on sale' })),
    ];
  },
};
