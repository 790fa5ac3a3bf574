import type { Projection } from '@tradewind/outbox/projection.ts';
import type { CassandraLayout, CassandraType } from '@tradewind/outbox/store-layout.ts';

const identifier = /^[a-z][a-z0-9_]*$/;

function checked(names: readonly string[]): readonly string[] {
  const bad = names.find((name) => !identifier.test(name));
  if (bad !== undefined) throw new Error(`bad name ${bad} of a column`);
  return names;
}

export const layoutOf = ({ name, store }: Projection): CassandraLayout => {
  if (store?.kind === 'cassandra' || store?.kind === 'redis+cassandra') return store.cassandra;
  throw new Error(`${name} has no layout for Cassandra`);
};

export const tableOf = ({ name }: Projection, version: number): string =>
  `${checked([name])[0]}_v${Number(version)}`;

const typeOf = (type: CassandraType): string => (type === 'json' ? 'text' : type);

/** The columns that say where a row is, besides the tenant. */
export const placeColumns = ({ partition, clustering }: CassandraLayout): string[] => [
  ...partition,
  ...clustering.map(([column]) => column),
];

/** Which columns an event of this topic writes: its own, or all that are no other topic's. */
export function columnsFor(layout: CassandraLayout, topic: string): readonly string[] {
  const own = layout.columnsOf?.[topic];
  if (own) return own;
  const others = new Set([...Object.values(layout.columnsOf ?? {}).flat(), ...placeColumns(layout)]);
  return Object.keys(layout.columns).filter((column) => !others.has(column));
}

export function createTable(projection: Projection, version: number): string {
  const { columns, partition, clustering } = layoutOf(projection);
  const definitions = checked(Object.keys(columns)).map(
    (name) => `${name} ${typeOf(columns[name] ?? 'text')}`,
  );
  const key = [
    `(${['store_id', ...checked(partition)].join(', ')})`,
    ...clustering.map(([column]) => column),
  ];
  const order = clustering.map(([column, direction]) => `${column} ${direction}`);
  return `
    create table if not exists ${tableOf(projection, version)} (
      store_id text, ${definitions.join(', ')}, versions map<text, int>, primary key (${key.join(', ')}))
    ${order.length > 0 ? `with clustering order by (${order.join(', ')})` : ''}`;
}

/** Rows of one partition, of which several may be asked for at once. */
export function selectRows(projection: Projection, version: number): string {
  const { partition, clustering } = layoutOf(projection);
  const [last, ...before] = clustering.map(([column]) => column).reverse();
  const fixed = ['store_id', ...partition, ...before.reverse()].map((column) => `${column} = ?`);
  const many = last === undefined ? [] : [`${last} in ?`];
  return `select * from ${tableOf(projection, version)} where ${[...fixed, ...many].join(' and ')}`;
}

/**
 * Writes what one topic's event changed, under that topic's version as the time of writing: cells of an older version never
 * replace those of a newer one, whoever writes last. No row is ever deleted, so the times start at 1.
 */
export function updateRow(projection: Projection, version: number, topic: string): string {
  const layout = layoutOf(projection);
  const sets = columnsFor(layout, topic).map((column) => `${column} = ?`);
  const where = ['store_id', ...placeColumns(layout)].map((column) => `${column} = ?`);
  return `update ${tableOf(projection, version)} using timestamp ? set ${[...sets, 'versions[?] = ?'].join(', ')}
    where ${where.join(' and ')}`;
}
