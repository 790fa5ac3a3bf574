import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Projection } from '@tradewind/outbox/projection.ts';
import {
  type ProjectionStore,
  type RowChange,
  RowRefused,
  type StoredRow,
} from '@tradewind/outbox/projection-store.ts';
import { type Client, concurrent, errors, types } from 'cassandra-driver';
import { unavailable } from './cassandra-client.ts';
import {
  columnsFor,
  createTable,
  layoutOf,
  placeColumns,
  selectRows,
  tableOf,
  updateRow,
} from './cassandra-statements.ts';
import { rowIn, toCassandra } from './cassandra-values.ts';
import { versionsIn } from './versions-in.ts';

export interface CassandraStore extends ProjectionStore {
  /** Rows by their places, in the partitions of one tenant; as `load`, for readers. */
  find(
    projection: Projection,
    version: number,
    storeId: string,
    places: readonly Readonly<Record<string, unknown>>[],
  ): Promise<StoredRow[]>;
  /** The first rows of a partition in its order, those after `after` of the first clustering column. */
  page(
    projection: Projection,
    version: number,
    storeId: string,
    wanted: {
      readonly partition: readonly string[];
      readonly after: string | undefined;
      readonly limit: number;
    },
  ): Promise<StoredRow[]>;
  /** @throws RowRefused for rows that `save` would refuse */
  check(projection: Projection, changes: readonly RowChange[]): void;
}

/** Statements on their way at once: enough to hide the way, few enough for the server's own limits. */
const CONCURRENT = 128;
/** Rows of one partition that one statement asks for. */
const TOGETHER = 50;
const SCANNED = 2_000;
/** For what no reader waits for: tables that are made or dropped, rows that are compared. */
const PATIENCE_MS = 60_000;

type Values = unknown[];

/** Rows in a table of Cassandra for each version, written under the events' own versions as time. */
export function cassandraStore(client: Client): CassandraStore {
  async function run<T>(projection: Projection, version: number, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (tableIsGone(error)) throw lost(projection, version);
      throw unavailable(error);
    }
  }

  /** All of them, some at once; the first error is thrown. */
  async function all(statement: string, values: readonly Values[], collect = true): Promise<types.Row[]> {
    if (values.length === 0) return [];
    const result = await concurrent.executeConcurrent(client, statement, [...values], {
      concurrencyLevel: CONCURRENT,
      collectResults: collect,
      raiseOnFirstError: true,
    });
    if (result.errors[0]) throw result.errors[0];
    // Asking for results that were not collected throws.
    return collect ? result.resultItems.flatMap(({ rows }) => rows) : [];
  }

  async function find(
    projection: Projection,
    version: number,
    storeId: string,
    places: readonly Readonly<Record<string, unknown>>[],
  ): Promise<StoredRow[]> {
    const layout = layoutOf(projection);
    const columns = placeColumns(layout);
    const last = layout.clustering.length > 0 ? columns.pop() : undefined;
    const value = (place: Readonly<Record<string, unknown>>, column: string) =>
      toCassandra(layout.columns[column] ?? 'text', place[column]);
    const fixed = (place: Readonly<Record<string, unknown>>): Values => [
      storeId,
      ...columns.map((column) => value(place, column)),
    ];
    const values =
      last === undefined
        ? places.map(fixed)
        : [...Map.groupBy(places, (place) => JSON.stringify(fixed(place))).values()].flatMap((together) =>
            slices(together, TOGETHER).map((some): Values => [
              ...fixed(some[0]!),
              some.map((place) => value(place, last)),
            ]),
          );
    const rows = await run(projection, version, () => all(selectRows(projection, version), values));
    return rows.map((row) => rowIn(projection, row));
  }

  async function load(
    projection: Projection,
    version: number,
    storeId: string,
    wanted: ReadonlyMap<string, AnyEvent>,
  ): Promise<Map<string, StoredRow>> {
    const { placeOf } = layoutOf(projection);
    const rows = await find(projection, version, storeId, [...wanted.values()].map(placeOf));
    return new Map(rows.map((row) => [String(row[projection.key]), row]));
  }

  async function versionsOf(
    projection: Projection,
    version: number,
    storeId: string,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, StoredRow['versions']>> {
    const places = keys.map((key) => ({ [projection.key]: key }));
    const rows = await find(projection, version, storeId, places);
    return versionsIn(new Map(rows.map((row) => [String(row[projection.key]), row])));
  }

  async function save(projection: Projection, version: number, changes: readonly RowChange[]): Promise<void> {
    const values = valuesOf(projection, changes);
    await run(projection, version, async () => {
      for (const [topic, rows] of values) await all(updateRow(projection, version, topic), rows, false);
    });
  }

  return {
    kind: 'cassandra',
    find,
    check: (projection, changes) => void valuesOf(projection, changes),
    rows: (projection, version) => ({
      load: (tx, wanted) => load(projection, version, tx.storeId, wanted),
      save: (_tx, changes) => save(projection, version, changes),
      ...(placeColumns(layoutOf(projection)).join() === projection.key
        ? { versions: (storeId, keys) => versionsOf(projection, version, storeId, keys) }
        : {}),
    }),
    async create(projection, version) {
      await run(projection, version, () =>
        client.execute(createTable(projection, version), [], { prepare: false, readTimeout: PATIENCE_MS }),
      );
    },
    async drop(projection, version) {
      const text = `drop table if exists ${tableOf(projection, version)}`;
      await run(projection, version, () =>
        client.execute(text, [], { prepare: false, readTimeout: PATIENCE_MS }),
      );
    },
    async *scan(projection, version) {
      const text = `select * from ${tableOf(projection, version)}`;
      let pageState: string | undefined;
      do {
        const options = {
          fetchSize: SCANNED,
          readTimeout: PATIENCE_MS,
          ...(pageState === undefined ? {} : { pageState }),
        };
        const page: types.ResultSet = await run(projection, version, () => client.execute(text, [], options));
        if (page.rows.length > 0) yield page.rows.map((row) => rowIn(projection, row));
        pageState = page.pageState;
      } while (pageState);
    },
    async page(projection, version, storeId, { partition, after, limit }) {
      const layout = layoutOf(projection);
      const [column, order] = layout.clustering[0] ?? [];
      const fixed = ['store_id', ...layout.partition].map((name) => `${name} = ?`);
      const next = after === undefined ? '' : ` and ${column} ${order === 'desc' ? '<' : '>'} ?`;
      const text = `select * from ${tableOf(projection, version)} where ${fixed.join(' and ')}${next} limit ?`;
      const values = [storeId, ...partition, ...(after === undefined ? [] : [after]), limit];
      const { rows } = await run(projection, version, () => client.execute(text, values));
      return rows.map((row) => rowIn(projection, row));
    },
    async ping() {
      await client.execute('select key from system.local').catch((error: unknown) => {
        throw unavailable(error);
      });
    },
    close: () => client.shutdown(),
  };
}

/** What is to be written, by topic: rows whose event of that topic is new. */
function valuesOf(
  projection: Projection,
  changes: readonly RowChange[],
): ReadonlyMap<string, readonly Values[]> {
  const layout = layoutOf(projection);
  const values = new Map<string, Values[]>();
  const refused: string[] = [];
  let reason = '';
  for (const { before, after } of changes) {
    try {
      const value = (column: string) => toCassandra(layout.columns[column] ?? 'text', after[column]);
      const place = placeColumns(layout).map(value);
      for (const [topic, next] of Object.entries(after.versions)) {
        if (next === before?.versions[topic]) continue;
        const written = columnsFor(layout, topic).map(value);
        const rows = values.get(topic) ?? [];
        rows.push([types.Long.fromNumber(next), ...written, topic, next, after.store_id, ...place]);
        values.set(topic, rows);
      }
    } catch (error) {
      refused.push(String(after[projection.key]));
      reason = String(error);
    }
  }
  if (refused.length > 0) throw new RowRefused(refused, reason);
  return values;
}

/**
 * Whether a statement failed because its table is gone. One that was prepared before fails as no longer prepared, on every host, which
 * the driver tells as if none had answered.
 */
function tableIsGone(error: unknown): boolean {
  const all: readonly unknown[] =
    error instanceof errors.NoHostAvailableError ? Object.values(error.innerErrors as object) : [error];
  return all.some(
    (one) =>
      one instanceof errors.ResponseError &&
      (one.code === types.responseErrorCodes.unprepared || missing.test(one.message)),
  );
}

const missing = /unconfigured table|table .* does not exist|unknown table|unconfigured columnfamily/i;

const lost = ({ name }: Projection, version: number): DomainError =>
  new DomainError(
    'PROJECTION_LOST',
    'unavailable',
    `Cassandra has lost ${name} v${version}: ./tw replay ${name}`,
  );

function slices<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, at) =>
    list.slice(at * size, (at + 1) * size),
  );
}
