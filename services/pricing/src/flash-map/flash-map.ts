import { Redis } from 'ioredis';
import type { Log } from '@tradewind/outbox/logger.ts';
import { pricingError } from '#errors.ts';

/** A product's price in a sale that runs. */
export interface FlashPrice {
  readonly saleId: string;
  /** Minor units, as text. */
  readonly price: string;
  readonly listPrice: string;
  readonly currency: string;
  readonly endsAt: number;
}

/** A sale as one of its events tells it; `version` is the event's. */
export interface FlashState {
  readonly storeId: string;
  readonly saleId: string;
  readonly version: number;
  /** Empty once it is over. */
  readonly prices: Readonly<Record<string, FlashPrice>>;
  /** Until when the entries live, in ms since 1970. */
  readonly endsAt: number;
}

export interface FlashMap {
  /**
   * Older states than what is known change nothing, and neither does the same one, unless its prices were read `anew`.
   * Throws CACHE_UNAVAILABLE, to be tried again.
   */
  set(state: FlashState, options?: { readonly anew?: boolean }): Promise<void>;
  /** By product, the prices of all sales that run; undefined where the map can't say. */
  get(storeId: string, productIds: readonly string[]): Promise<ReadonlyMap<string, FlashPrice[]> | undefined>;
  /** Whether nothing was lost since it was last filled. */
  complete(): Promise<boolean>;
  markComplete(): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** A sale's last state is remembered this much longer, so that an event that comes again brings nothing back. */
const MEMORY_MS = 24 * 3_600_000;
const COMPLETE = 'flash_price_map:complete';
const PRICES = 'flash_price:';
const memoryOf = (storeId: string, saleId: string): string => `flash_price_sale:${storeId}:${saleId}`;
/** Ids of products are unique over all tenants, but any tenant may name one in a sale: what it says counts for itself only. */
const tenantIn = (storeId: string): string => `${encodeURIComponent(storeId)} `;

/*
 * KEYS: the sale's memory. ARGV: version, tenant and sale, key prefix, end, end of memory, prices by product as JSON of texts, the
 * version from which on what is known stays. A product's key is a hash of its sales, and lives until the last of them ends.
 */
const setState = `
  local known = redis.call('hmget', KEYS[1], 'version', 'products')
  if known[1] and tonumber(known[1]) >= tonumber(ARGV[7]) then return 0 end
  local before = known[2] and cjson.decode(known[2]) or {}
  for _, product in ipairs(before) do redis.call('hdel', ARGV[3] .. product, ARGV[2]) end
  local products = {}
  for product, price in pairs(cjson.decode(ARGV[6])) do
    local key = ARGV[3] .. product
    redis.call('hset', key, ARGV[2], price)
    if redis.call('pexpiretime', key) < tonumber(ARGV[4]) then redis.call('pexpireat', key, ARGV[4]) end
    table.insert(products, product)
  end
  redis.call('hset', KEYS[1], 'version', ARGV[1], 'products', #products > 0 and cjson.encode(products) or '[]')
  redis.call('pexpireat', KEYS[1], ARGV[5])
  return 1`;

interface Commands {
  setState(key: string, ...values: (string | number)[]): Promise<number>;
}

export function openFlashMap({
  url,
  timeoutMs,
  log,
}: {
  url: string;
  timeoutMs: number;
  log: Log;
}): FlashMap {
  const redis = new Redis(url, {
    connectionName: 'pricing',
    connectTimeout: 1_000,
    commandTimeout: timeoutMs,
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, 1_000),
    scripts: { setState: { lua: setState, numberOfKeys: 1 } },
  }) as Redis & Commands;
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away) log.warn({ error: String(error) }, 'the map of flash prices is away; the database answers');
    away = true;
  });
  redis.on('ready', () => {
    away = false;
  });

  return {
    async set({ storeId, saleId, version, prices, endsAt }, { anew = false } = {}) {
      const texts = Object.entries(prices).map(([id, price]) => [id, JSON.stringify(price)]);
      const memory = Math.max(endsAt, Date.now()) + MEMORY_MS;
      try {
        await redis.setState(
          memoryOf(storeId, saleId),
          ...[version, tenantIn(storeId) + saleId, PRICES, endsAt, memory],
          JSON.stringify(Object.fromEntries(texts)),
          anew ? version + 1 : version,
        );
      } catch (cause) {
        throw pricingError('CACHE_UNAVAILABLE', { cause });
      }
    },
    async get(storeId, productIds) {
      try {
        const [complete, ...found] = await Promise.all([
          redis.get(COMPLETE),
          ...productIds.map((id) => redis.hgetall(PRICES + id)),
        ]);
        if (complete === null) return undefined;
        return new Map(
          productIds.map((id, index) => [
            id,
            Object.entries(found[index] ?? {})
              .filter(([sale]) => sale.startsWith(tenantIn(storeId)))
              .map(([, text]) => JSON.parse(text) as FlashPrice),
          ]),
        );
      } catch {
        // Told once by the connection's own listener.
        return undefined;
      }
    },
    complete: async () => (await redis.exists(COMPLETE)) === 1,
    markComplete: async () => void (await redis.set(COMPLETE, '1')),
    ping: async () => void (await redis.ping()),
    close: async () => redis.disconnect(),
  };
}
