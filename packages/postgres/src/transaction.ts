import pg from 'pg';
import type { Compilable, InferResult } from 'kysely';
import { DomainError } from '@tradewind/kernel/errors.ts';

/** Statement names by text: each hot statement is parsed and planned once per connection. */
const names = new Map<string, string>();

function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = `s${names.size}`;
    names.set(text, name);
  }
  return name;
}

/** One open transaction. Queries may be given at once: they run one after the other, in that order. */
export class Transaction {
  readonly #client: pg.ClientBase;
  /** The transaction's time by the database's clock: the only clock of sagas, timers and expiries. */
  readonly now: Date;
  #storeId: string;
  #last: Promise<unknown> = Promise.resolve();
  #over = false;

  constructor(client: pg.ClientBase, now: Date, storeId: string) {
    this.#client = client;
    this.now = now;
    this.#storeId = storeId;
  }

  /** Begins, sets the tenant and reads the clock in one round trip. */
  static async begin(client: pg.ClientBase, storeId: string, durable: boolean): Promise<Transaction> {
    const settings = durable ? '' : 'set local synchronous_commit = off; ';
    const results = (await client.query(
      `begin; ${settings}set local tradewind.store_id = ${pg.escapeLiteral(storeId)}; select now() as now`,
    )) as unknown as pg.QueryResult<{ now: Date }>[];
    const now = results.at(-1)?.rows[0]?.now;
    if (!now) throw new DomainError('DATABASE_PROTOCOL', 'bug', 'the database did not tell its time');
    return new Transaction(client, now, storeId);
  }

  get storeId(): string {
    return this.#storeId;
  }

  /** Goes on for another tenant in the same transaction: for consumers, whose batches mix tenants. */
  async actFor(storeId: string): Promise<void> {
    if (storeId === this.#storeId) return;
    await this.#send(() => this.#client.query(`set local tradewind.store_id = ${pg.escapeLiteral(storeId)}`));
    this.#storeId = storeId;
  }

  /** The client takes one query at a time; what fails in between is told by its own promise. */
  #send<T>(run: () => Promise<T>): Promise<T> {
    // What still waits when another query has failed must not run after the rollback, outside of any transaction.
    const inside = () =>
      this.#over
        ? Promise.reject(new DomainError('TRANSACTION_OVER', 'bug', 'the transaction has ended'))
        : run();
    const sent = this.#last.then(inside, inside);
    this.#last = sent;
    return sent;
  }

  /** Runs a fixed SQL text as a prepared statement. Texts must be few: never build values into them. */
  async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const prepared = { name: nameOf(text), text, values: values as unknown[] };
    const result = await this.#send(() => this.#client.query<Row>(prepared));
    return result.rows;
  }

  /** Runs a query built with kysely; typed rows come back. */
  async run<Q extends Compilable<unknown>>(query: Q): Promise<InferResult<Q>> {
    const { sql, parameters } = query.compile();
    const result = await this.#send(() => this.#client.query(sql, parameters as unknown[]));
    return result.rows as InferResult<Q>;
  }

  /** Runs SQL whose text varies (a projection's table, a savepoint), without preparing it. */
  async execute<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#send(() => this.#client.query<Row>(text, values as unknown[]))).rows;
  }

  async commit(): Promise<void> {
    const { command } = await this.#send(() => {
      this.#over = true;
      return this.#client.query('commit');
    });
    // COMMIT of a failed transaction answers ROLLBACK without an error.
    if (command !== 'COMMIT')
      throw new DomainError('TRANSACTION_ABORTED', 'bug', 'the transaction was rolled back');
  }

  /** Undoes everything. Queries that were given and have not begun are refused. */
  async rollback(): Promise<void> {
    this.#over = true;
    await this.#last.catch(() => undefined);
    await this.#client.query('rollback');
  }
}
