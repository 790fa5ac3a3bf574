import { createHash } from 'node:crypto';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { LRUCache } from 'lru-cache';

interface Request {
  readonly query?: string | null | undefined;
  readonly extensions?:
    { readonly persistedQuery?: { readonly sha256Hash: string } | undefined } | null | undefined;
}

export interface PersistedQueries {
  /**
   * The document of a request: its own, or the one that its hash stands for.
   * @throws DomainError PERSISTED_QUERY_NOT_FOUND (send it along once), PERSISTED_QUERY_MISMATCH, QUERY_NOT_ALLOWED
   */
  queryOf(request: Request): string | null | undefined;
}

const hashOf = (query: string): string => createHash('sha256').update(query).digest('hex');

/**
 * Automatic persisted queries: a client sends a hash, and the document along with it the first time. With `allowed`
 * only those documents run, by hash or in full, and nobody can add to them.
 */
export function persistedQueries(allowed?: readonly string[]): PersistedQueries {
  const fixed = allowed && new Map(allowed.map((query) => [hashOf(query), query]));
  const learned = new LRUCache<string, string>({ max: 1_000, maxSize: 4_000_000, sizeCalculation: lengthOf });

  return {
    queryOf({ query, extensions }) {
      const hash = extensions?.persistedQuery?.sha256Hash;
      if (fixed) {
        const found = fixed.get(hash ?? hashOf(query ?? ''));
        if (found !== undefined && (!query || query === found)) return found;
        throw new DomainError('QUERY_NOT_ALLOWED', 'forbidden', 'only known queries may be sent here');
      }
      if (hash === undefined) return query;
      if (!query) {
        const found = learned.get(hash);
        if (found !== undefined) return found;
        // These very words are what clients of this protocol look for.
        throw new DomainError('PERSISTED_QUERY_NOT_FOUND', 'not-found', 'PersistedQueryNotFound');
      }
      if (hashOf(query) !== hash) {
        throw new DomainError('PERSISTED_QUERY_MISMATCH', 'invalid', 'the hash is not that of the query');
      }
      learned.set(hash, query);
      return query;
    },
  };
}

const lengthOf = (query: string): number => query.length;
