import type { Projection } from '@tradewind/outbox/projection.ts';
import type { RowChange } from '@tradewind/outbox/projection-store.ts';

/** As far as each row's place in its index is known: what a guarded write compares. */
export interface Revision {
  readonly seqNo: number;
  readonly primaryTerm: number;
}

export interface Document {
  readonly id: string;
  readonly key: string;
  /** The action and, below it, the row: two lines of a bulk request. */
  readonly lines: readonly [object, string];
}

const identifier = /^[a-z][a-z0-9_-]*$/;

/** The index of one version. Rows are written by its alias: a write never makes an index by itself. */
export function indexOf(namespace: string, { name }: Projection, version: number) {
  const index = `${namespace}-${name}-v${version}`;
  if (!identifier.test(index) || !Number.isInteger(version)) throw new Error(`bad index ${index}`);
  return { index, alias: `${index}-rows` };
}

export const documentId = (storeId: string, key: string): string => `${storeId}/${key}`;

/** A change as a write that fails where the row is not what it was when it was loaded. */
export function documentOf(
  projection: Projection,
  { after }: RowChange,
  revision: Revision | undefined,
): Document {
  const key = String(after[projection.key]);
  const id = documentId(after.store_id, key);
  const action =
    revision === undefined
      ? { create: { _id: id } }
      : { index: { _id: id, if_seq_no: revision.seqNo, if_primary_term: revision.primaryTerm } };
  return { id, key, lines: [action, JSON.stringify(inOrder(after))] };
}

/** Names in their order, so that a row is the same bytes whatever the order of its events was. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, part]) => [name, inOrder(part)]),
  );
}

/** Parts of a bulk request that the server takes at once. */
export function partsOf(
  documents: readonly Document[],
  maxRows: number,
  maxCharacters: number,
): Document[][] {
  const parts: Document[][] = [];
  let size = 0;
  for (const document of documents) {
    const length = document.lines[1].length;
    const last = parts.at(-1);
    if (last === undefined || last.length >= maxRows || size + length > maxCharacters) {
      parts.push([document]);
      size = length;
    } else {
      last.push(document);
      size += length;
    }
  }
  return parts;
}

/** What every index has besides the projection's own columns. */
export function bodyOfIndex(projection: Projection, alias: string): object {
  const { store } = projection;
  if (store?.kind !== 'opensearch') throw new Error(`${projection.name} has no layout for OpenSearch`);
  const { settings, mappings } = store.opensearch;
  const { properties, ...rest } = mappings as { properties?: Record<string, object> };
  return {
    settings: { number_of_shards: 1, auto_expand_replicas: '0-1', refresh_interval: '500ms', ...settings },
    mappings: {
      ...rest,
      dynamic: 'strict',
      properties: {
        ...properties,
        store_id: { type: 'keyword' },
        [projection.key]: { type: 'keyword' },
        versions: { type: 'object', enabled: false },
      },
    },
    aliases: { [alias]: {} },
  };
}

export type Outcome =
  | { readonly kind: 'written' }
  | { readonly kind: 'changed' | 'lost' | 'busy' }
  | { readonly kind: 'refused'; readonly reason: string };

interface BulkError {
  readonly type: string;
  readonly reason?: string;
  readonly caused_by?: { readonly reason?: string };
}

export interface BulkAnswer {
  readonly errors: boolean;
  readonly items: readonly Readonly<
    Record<string, { readonly status: number; readonly error?: BulkError }>
  >[];
}

/** What became of each document of a bulk request, in its order. Pure. */
export const outcomesOf = ({ items }: BulkAnswer): Outcome[] =>
  items.map((item) => {
    const [{ status, error } = { status: 500 }] = Object.values(item);
    if (error === undefined) return { kind: 'written' };
    if (error.type === 'index_not_found_exception') return { kind: 'lost' };
    if (status === 409) return { kind: 'changed' };
    if (status === 400)
      return { kind: 'refused', reason: error.caused_by?.reason ?? error.reason ?? error.type };
    return { kind: 'busy' };
  });
