import type { Transaction } from '@tradewind/postgres/transaction.ts';

/** A rule that merchants keep: what they said of it, and what every rule has. */
export interface Kept<Terms> {
  readonly id: string;
  readonly terms: Terms;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface RuleTableOptions<Terms> {
  readonly table: string;
  readonly idColumn: string;
  /** Written columns, in the order of `toRow`. */
  readonly columns: readonly string[];
  toRow(terms: Terms): readonly unknown[];
  /** What is read, as a select list over alias `t`. */
  readonly select: string;
  fromRow(row: Readonly<Record<string, unknown>>): Terms;
  /** Rows of other tables that belong to it. */
  saveParts?(tx: Transaction, id: string, terms: Terms): Promise<void>;
}

export interface RuleTable<Terms> {
  /** Locked where it is going to be written. */
  find(tx: Transaction, id: string, options?: { readonly lock: boolean }): Promise<Kept<Terms> | undefined>;
  list(tx: Transaction, after: string, limit: number): Promise<Kept<Terms>[]>;
  insert(tx: Transaction, id: string, terms: Terms): Promise<void>;
  update(tx: Transaction, id: string, terms: Terms): Promise<void>;
  /** Kept as a row, for what refers to it. */
  remove(tx: Transaction, id: string): Promise<void>;
}

type Row = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** The statements that all kinds of rules share; their texts are made once. */
export function ruleTable<Terms>(options: RuleTableOptions<Terms>): RuleTable<Terms> {
  const { table, idColumn, columns, select, toRow, fromRow, saveParts } = options;
  const read = `
    select t.${idColumn} as id, t.version, t.created_at as "createdAt", t.updated_at as "updatedAt", ${select}
    from ${table} t where t.store_id = $1 and t.deleted_at is null`;
  const one = `${read} and t.${idColumn} = $2`;
  const locked = `${one} for update of t`;
  const page = `${read} and t.${idColumn} > $2 order by t.${idColumn} limit $3`;
  const places = columns.map((_, index) => `$${index + 3}`);
  const insert = `
    insert into ${table} (store_id, ${idColumn}, ${columns.join(', ')}, version, created_at, updated_at)
    values ($1, $2, ${places.join(', ')}, 1, now(), now())`;
  const update = `
    update ${table} set ${columns.map((column, index) => `${column} = ${places[index]}`).join(', ')},
      version = version + 1, updated_at = now()
    where store_id = $1 and ${idColumn} = $2`;
  const remove = `
    update ${table} set deleted_at = now(), version = version + 1, updated_at = now()
    where store_id = $1 and ${idColumn} = $2`;

  const keptOf = (row: Row): Kept<Terms> => {
    const { id, version, createdAt, updatedAt } = row;
    return { id, version, createdAt, updatedAt, terms: fromRow(row) };
  };
  const write = async (text: string, tx: Transaction, id: string, terms: Terms): Promise<void> => {
    await tx.query(text, [tx.storeId, id, ...toRow(terms)]);
    await saveParts?.(tx, id, terms);
  };
  return {
    async find(tx, id, { lock } = { lock: false }) {
      const [row] = await tx.query<Row>(lock ? locked : one, [tx.storeId, id]);
      return row && keptOf(row);
    },
    list: async (tx, after, limit) => (await tx.query<Row>(page, [tx.storeId, after, limit])).map(keptOf),
    insert: (tx, id, terms) => write(insert, tx, id, terms),
    update: (tx, id, terms) => write(update, tx, id, terms),
    async remove(tx, id) {
      await tx.query(remove, [tx.storeId, id]);
    },
  };
}
