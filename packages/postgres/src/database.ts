import pg from 'pg';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { databaseUnavailable, isRetryable } from './errors.ts';
import { Transaction } from './transaction.ts';

export interface DatabaseOptions {
  readonly url: string;
  /** Shown in pg_stat_activity: the service and what the pool is for. */
  readonly name: string;
  readonly maxConnections?: number;
  /**
   * The statements join few keys with large tables, as those of commands and consumers do: they always go by index. Left
   * to itself the planner, which takes every JSON list for 100 rows, reads a tenant's whole table while it is small. So
   * there is one plan for all values, made once for each connection.
   */
  readonly byIndex?: boolean;
}

export interface TransactionOptions {
  /**
   * False lets COMMIT return before the disk has it: only for work that can be done again from the log
   * (projections, marks of the relay). Acknowledged commands are always durable.
   */
  readonly durable?: boolean;
}

/** A pool of connections to one service's database under one role. */
export interface Database {
  /**
   * Runs `work` in one READ COMMITTED transaction of one tenant: row-level security sees `storeId`.
   * Deadlocks and serialization failures are tried again, up to three times, so `work` must be repeatable.
   * @throws DomainError DATABASE_UNAVAILABLE when the server is away; the outcome of a commit is then unknown
   */
  transaction<T>(
    storeId: string,
    work: (tx: Transaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>;
  /** Resolves when a query is answered. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const BY_INDEX = [
  ...['enable_hashjoin=off', 'enable_mergejoin=off', 'enable_seqscan=off'],
  'plan_cache_mode=force_generic_plan',
]
  .map((setting) => `-c ${setting}`)
  .join(' ');

const int8 = 20;
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === int8
      ? BigInt
      : (pg.types.getTypeParser as (oid: number, format?: string) => unknown)(oid, format),
} as pg.CustomTypesConfig;

/** Settings of every connection: nothing waits for ever, so a stuck peer can't pile up work. */
export function connectionOptions(url: string, name: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: name,
    types,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 15_000,
    lock_timeout: 5_000,
    idle_in_transaction_session_timeout: 20_000,
    keepAlive: true,
  };
}

export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    ...connectionOptions(options.url, options.name),
    ...(options.byIndex ? { options: BY_INDEX } : {}),
    max: options.maxConnections ?? 10,
    idleTimeoutMillis: 60_000,
  });
  // A connection that breaks while idle is replaced at its next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  // The same for one that breaks while it is lent out: its query fails by itself, and `release` removes it.
  pool.on('connect', (client) => client.on('error', () => undefined));

  async function attempt<T>(
    storeId: string,
    work: (tx: Transaction) => Promise<T>,
    durable: boolean,
  ): Promise<T> {
    const client = await pool.connect().catch((error: unknown) => {
      throw databaseUnavailable(error);
    });
    let broken: Error | undefined;
    let tx: Transaction | undefined;
    try {
      tx = await Transaction.begin(client, storeId, durable);
      const result = await work(tx);
      await tx.commit();
      return result;
    } catch (error) {
      await (tx?.rollback() ?? client.query('rollback')).catch((failure: Error) => {
        broken = failure;
      });
      throw databaseUnavailable(error);
    } finally {
      client.release(broken);
    }
  }

  return {
    async transaction(storeId, work, { durable = true } = {}) {
      for (let tries = 1; ; tries++) {
        try {
          return await attempt(storeId, work, durable);
        } catch (error) {
          if (tries === 3 || !isRetryable(error)) throw error;
        }
      }
    },
    async ping() {
      await pool.query('select 1').catch((error: unknown) => {
        throw error instanceof DomainError ? error : databaseUnavailable(error);
      });
    },
    close: () => pool.end(),
  };
}
