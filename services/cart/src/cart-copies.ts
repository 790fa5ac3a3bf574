import { newId } from '@tradewind/kernel/ids.ts';
import type { Log } from '@tradewind/outbox/logger.ts';
import { Redis } from 'ioredis';
import type { Cart } from '#cart/cart.ts';

/**
 * Copies of carts in Redis, in front of Postgres. A copy is only ever a committed state, and none is older than what a
 * finished command has stored (ADR 0020). All of it may vanish at any time.
 */
export interface CartCopies {
  /** The copy; undefined also while the server is away, which costs a bounded wait at most once a second. */
  get(storeId: string, cartId: string): Promise<Cart | undefined>;
  /** Stores what was read from the database, unless a command is changing the cart. Nobody waits for it. */
  fill(storeId: string, cart: Cart): void;
  /**
   * Removes the copies and keeps new ones out until the answer is called, with those that the command has changed. A
   * process that dies in between keeps them out for some seconds.
   */
  withhold(storeId: string, cartIds: readonly string[]): Promise<(changed: readonly Cart[]) => void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface CartCopiesOptions {
  readonly url: string;
  readonly log: Log;
  readonly ttlMs?: number;
}

const TTL_MS = 60_000;
const WITHHELD_MS = 10_000;
const TIMEOUT_MS = 75;
const PAUSE_MS = 1_000;

/*
 * KEYS: the copy "<version> <json>", and the set of commands that are changing the cart. All three run in the server,
 * so that a slow reader can't bring back what a command has replaced.
 */
const withhold = `
  redis.call('sadd', KEYS[2], ARGV[1])
  redis.call('pexpire', KEYS[2], ARGV[2])
  return redis.call('del', KEYS[1])`;
const store = `
  if ARGV[3] then redis.call('srem', KEYS[2], ARGV[3]) end
  if redis.call('exists', KEYS[2]) == 1 or ARGV[1] == '' then return 0 end
  local known = redis.call('get', KEYS[1])
  if known and tonumber(string.match(known, '^%d+')) > tonumber(string.match(ARGV[1], '^%d+')) then return 0 end
  redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1`;

interface Commands {
  withholdCart(copy: string, writers: string, token: string, ms: number): Promise<number>;
  storeCart(copy: string, writers: string, value: string, ttlMs: number, token?: string): Promise<number>;
}

/** Braces keep both keys of a cart on one node. */
export const copyKey = (storeId: string, cartId: string): string => `cart:{${storeId}:${cartId}}`;
const writersKey = (storeId: string, cartId: string): string => `${copyKey(storeId, cartId)}:writers`;

export function openCartCopies({ url, log, ttlMs = TTL_MS }: CartCopiesOptions): CartCopies {
  const redis = new Redis(url, {
    connectionName: 'cart',
    connectTimeout: 1_000,
    commandTimeout: TIMEOUT_MS,
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, PAUSE_MS),
    scripts: {
      withholdCart: { lua: withhold, numberOfKeys: 2 },
      storeCart: { lua: store, numberOfKeys: 2 },
    },
  }) as Redis & Commands;
  let skipUntil = 0;
  let distrustUntil = 0;
  let away = false;

  redis.on('error', (error: Error) => noteFailure(error));
  // While nobody could reach it, nothing that was committed has removed its copy.
  redis.on('close', distrust);
  redis.on('ready', () => {
    skipUntil = 0;
    if (away) log.info({}, 'the shared cache is back');
    away = false;
  });

  /** Copies of now are not shown until they have lapsed. */
  function distrust(): void {
    distrustUntil = Date.now() + ttlMs;
  }

  function noteFailure(error: unknown): void {
    skipUntil = Date.now() + PAUSE_MS;
    if (!away) log.warn({ error: String(error) }, 'the shared cache is away; reads go to the database');
    away = true;
  }

  /** Copies that a command of this process could not remove, until they have lapsed by themselves. */
  const stale = new Map<string, number>();
  let cleaning: NodeJS.Timeout | undefined;

  function removeLater(copy: string, until = Date.now() + ttlMs): void {
    stale.set(copy, until);
    cleaning ??= setTimeout(() => void clean(), PAUSE_MS).unref();
  }

  async function clean(): Promise<void> {
    cleaning = undefined;
    await Promise.all(
      [...stale].map(async ([copy, until]) => {
        stale.delete(copy);
        if (until <= Date.now()) return;
        await redis.del(copy).catch(() => removeLater(copy, until));
      }),
    );
  }

  const reachable = (): boolean => Date.now() >= skipUntil && redis.status === 'ready';

  return {
    async get(storeId, cartId) {
      if (!reachable() || Date.now() < distrustUntil) return undefined;
      try {
        const value = await redis.get(copyKey(storeId, cartId));
        return value === null ? undefined : parse(value);
      } catch (error) {
        noteFailure(error);
        return undefined;
      }
    },
    fill(storeId, cart) {
      if (!reachable()) return;
      redis
        .storeCart(copyKey(storeId, cart.cartId), writersKey(storeId, cart.cartId), textOf(cart), ttlMs)
        .catch(noteFailure);
    },
    async withhold(storeId, cartIds) {
      const keys = cartIds.map((cartId) => [copyKey(storeId, cartId), writersKey(storeId, cartId)] as const);
      const token = newId();
      if (keys.length > 0) {
        if (reachable()) {
          await Promise.all(
            keys.map(([copy, writers]) => redis.withholdCart(copy, writers, token, WITHHELD_MS)),
          ).catch((error: unknown) => {
            distrust();
            noteFailure(error);
          });
        } else distrust();
      }
      return (changed) => {
        if (!reachable()) {
          keys.forEach(([copy]) => removeLater(copy));
          return;
        }
        const texts = new Map(changed.map((cart) => [copyKey(storeId, cart.cartId), textOf(cart)]));
        for (const [copy, writers] of keys) {
          redis.storeCart(copy, writers, texts.get(copy) ?? '', ttlMs, token).catch((error: unknown) => {
            noteFailure(error);
            removeLater(copy);
          });
        }
      };
    },
    async ping() {
      await redis.ping();
    },
    async close() {
      clearTimeout(cleaning);
      redis.disconnect();
    },
  };
}

const textOf = (cart: Cart): string => `${cart.version} ${JSON.stringify(cart)}`;

function parse(value: string): Cart {
  const cart = JSON.parse(value.slice(value.indexOf(' ') + 1)) as Cart;
  return { ...cart, createdAt: new Date(cart.createdAt), updatedAt: new Date(cart.updatedAt) };
}
