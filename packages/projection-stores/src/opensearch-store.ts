import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Projection } from '@tradewind/outbox/projection.ts';
import {
  type ProjectionStore,
  type RowChange,
  RowRefused,
  type StoredRow,
} from '@tradewind/outbox/projection-store.ts';
import { SerializationFailure } from '@tradewind/postgres/errors.ts';
import { groupCommit } from '@tradewind/postgres/group-commit.ts';
import { opensearchAway, type OpensearchClient, refusalOf } from './opensearch-client.ts';
import {
  bodyOfIndex,
  type BulkAnswer,
  documentId,
  documentOf,
  indexOf,
  outcomesOf,
  partsOf,
  type Revision,
} from './opensearch-documents.ts';
import { versionsIn } from './versions-in.ts';

export interface SearchHit {
  readonly _source: StoredRow;
  readonly _score: number | null;
  readonly sort?: readonly (string | number | null)[];
}

export interface SearchAnswer {
  readonly hits: { readonly total?: { readonly value: number }; readonly hits: readonly SearchHit[] };
  readonly aggregations?: Readonly<Record<string, unknown>>;
}

export interface OpensearchStore extends ProjectionStore {
  /** A search in one version; the body says all, the tenant too. */
  search(projection: Projection, version: number, body: object, within: number): Promise<SearchAnswer>;
  /** Lets searches see everything that was written before this call. */
  refresh(projection: Projection, version: number): Promise<void>;
}

/** Rows that no reader could use in time anyway. */
const MAX_ROW = 1_000_000;
/** The server refuses a whole bulk request for one longer id. */
const MAX_ID_BYTES = 512;
/** Of one bulk request; the server's own limit is far above. */
const MAX_BULK_ROWS = 1_000;
const MAX_BULK_CHARACTERS = 8_000_000;
const SCANNED = 1_000;
const KEEP_ALIVE = '1m';
/** For what nobody waits for: an index that is made, dropped or refreshed. */
const PATIENCE_MS = 60_000;

const lost = ({ name }: Projection, version: number): DomainError =>
  new DomainError(
    'PROJECTION_LOST',
    'unavailable',
    `OpenSearch has lost ${name} v${version}: ./tw replay ${name}`,
  );

interface Found {
  readonly docs: readonly {
    readonly found?: boolean;
    readonly error?: { readonly type: string };
    readonly _source?: StoredRow;
    readonly _seq_no?: number;
    readonly _primary_term?: number;
  }[];
}

/**
 * Rows in an index of OpenSearch for each version. A write names the revision that was loaded, so what two processes do to a row at once
 * is done by one of them. Rows are loaded by id, which sees every write at once; searches see one within the index's refresh interval.
 */
export function opensearchStore(client: OpensearchClient, namespace: string): OpensearchStore {
  const revisions = new WeakMap<StoredRow, Revision>();

  async function run<T>(projection: Projection, version: number, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw refusalOf(error) === 'index_not_found_exception' ? lost(projection, version) : error;
    }
  }

  async function load(
    projection: Projection,
    version: number,
    storeId: string,
    keys: readonly string[],
  ): Promise<Map<string, StoredRow>> {
    const { index } = indexOf(namespace, projection, version);
    const rows = new Map<string, StoredRow>();
    for (let at = 0; at < keys.length; at += MAX_BULK_ROWS) {
      const ids = keys.slice(at, at + MAX_BULK_ROWS).map((key) => documentId(storeId, key));
      const { docs } = await run(projection, version, () =>
        client.ask<Found>('POST', `/${index}/_mget`, { body: { ids } }),
      );
      for (const { error, _source: row, _seq_no: seqNo, _primary_term: primaryTerm } of docs) {
        if (error !== undefined)
          throw error.type === 'index_not_found_exception'
            ? lost(projection, version)
            : opensearchAway(error);
        if (row === undefined || seqNo === undefined || primaryTerm === undefined) continue;
        revisions.set(row, { seqNo, primaryTerm });
        rows.set(String(row[projection.key]), row);
      }
    }
    return rows;
  }

  async function save(projection: Projection, version: number, changes: readonly RowChange[]): Promise<void> {
    const { alias } = indexOf(namespace, projection, version);
    const documents = changes.map((change) =>
      documentOf(projection, change, change.before === undefined ? undefined : revisions.get(change.before)),
    );
    const large = documents.filter(
      ({ id, lines: [, row] }) => row.length > MAX_ROW || Buffer.byteLength(id) > MAX_ID_BYTES,
    );
    if (large.length > 0)
      throw new RowRefused(
        large.map(({ key }) => key),
        `rows of ${projection.name} have at most ${MAX_ROW} characters, and ids ${MAX_ID_BYTES} bytes`,
      );
    const refused: string[] = [];
    let reason = '';
    let changed = false;
    for (const part of partsOf(documents, MAX_BULK_ROWS, MAX_BULK_CHARACTERS)) {
      const answer = await run(projection, version, () =>
        client.ask<BulkAnswer>('POST', `/${alias}/_bulk`, {
          lines: part.flatMap(({ lines }) => lines as unknown as object[]),
          query: { require_alias: true },
        }),
      );
      if (!answer.errors) continue;
      outcomesOf(answer).forEach((outcome, at) => {
        if (outcome.kind === 'lost') throw lost(projection, version);
        if (outcome.kind === 'busy') throw opensearchAway();
        if (outcome.kind === 'changed') changed = true;
        if (outcome.kind !== 'refused') return;
        refused.push(part[at]!.key);
        reason = outcome.reason;
      });
    }
    // What has been written is met again by its versions; only then can be told apart what is refused for good.
    if (changed) throw new SerializationFailure(`rows of ${projection.name} were changed meanwhile`);
    if (refused.length > 0) throw new RowRefused(refused, reason);
  }

  // Who asks while one runs shares the next: what makes searches fresh is the same for all, and costs the index a segment.
  const refresh = groupCommit<{ projection: Projection; version: number }, void>({
    groupOf: ({ projection, version }) => indexOf(namespace, projection, version).index,
    restMs: 0,
    async run(index, asked) {
      const { projection, version } = asked[0]!;
      await run(projection, version, () => client.ask('POST', `/${index}/_refresh`, { within: PATIENCE_MS }));
      return asked.map(() => ({ ok: true, value: undefined }));
    },
  });

  return {
    kind: 'opensearch',
    refresh: (projection, version) => refresh({ projection, version }),
    rows: (projection, version) => ({
      load: (tx, wanted) =>
        wanted.size === 0
          ? Promise.resolve(new Map())
          : load(projection, version, tx.storeId, [...wanted.keys()]),
      save: (_tx, changes) => (changes.length === 0 ? Promise.resolve() : save(projection, version, changes)),
      versions: async (storeId, keys) => versionsIn(await load(projection, version, storeId, keys)),
    }),
    async create(projection, version) {
      const { index, alias } = indexOf(namespace, projection, version);
      try {
        await client.ask('PUT', `/${index}`, { body: bodyOfIndex(projection, alias), within: PATIENCE_MS });
      } catch (error) {
        if (refusalOf(error) !== 'resource_already_exists_exception') throw error;
      }
    },
    async drop(projection, version) {
      const { index } = indexOf(namespace, projection, version);
      await client.ask('DELETE', `/${index}`, { query: { ignore_unavailable: true }, within: PATIENCE_MS });
    },
    async *scan(projection, version) {
      const { index } = indexOf(namespace, projection, version);
      const asking = <T>(work: () => Promise<T>) => run(projection, version, work);
      await refresh({ projection, version });
      const { pit_id: id } = await asking(() =>
        client.ask<{ pit_id: string }>('POST', `/${index}/_search/point_in_time`, {
          query: { keep_alive: KEEP_ALIVE },
        }),
      );
      try {
        let after: SearchHit['sort'];
        for (;;) {
          const body = {
            size: SCANNED,
            pit: { id, keep_alive: KEEP_ALIVE },
            sort: [{ store_id: 'asc' }, { [projection.key]: 'asc' }],
            track_total_hits: false,
            ...(after === undefined ? {} : { search_after: after }),
          };
          const { hits } = await asking(() => client.ask<SearchAnswer>('POST', '/_search', { body }));
          if (hits.hits.length > 0) yield hits.hits.map(({ _source }) => _source);
          if (hits.hits.length < SCANNED) return;
          after = hits.hits.at(-1)?.sort;
        }
      } finally {
        // It goes by itself where this fails.
        await client
          .ask('DELETE', '/_search/point_in_time', { body: { pit_id: [id] } })
          .catch(() => undefined);
      }
    },
    search(projection, version, body, within) {
      const { index } = indexOf(namespace, projection, version);
      return run(projection, version, () =>
        client.ask<SearchAnswer>('POST', `/${index}/_search`, { body, within }),
      );
    },
    async ping() {
      await client.ask('GET', '/');
    },
    close: () => client.close(),
  };
}
