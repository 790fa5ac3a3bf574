import { DomainError, isDomainError } from '@tradewind/kernel/errors.ts';
import type { Log } from '@tradewind/outbox/logger.ts';
import { periodically, type Periodic } from '@tradewind/outbox/periodically.ts';
import type { Principal } from '@tradewind/service/principal.ts';
import type { TokenVerifier } from '@tradewind/service/tokens.ts';

export type Kind = 'ws' | 'sse';

/** Why a connection is ended from this side. */
export type Ending = 'expired' | 'stopping';

/** A client that stays connected. */
export interface Connection {
  readonly kind: Kind;
  readonly storeId: string;
  /** Of a client with a login: what it showed, and until when that is good (epoch ms). */
  readonly bearer?: string | undefined;
  readonly expiresAt: number;
  /** Sends a sign of life, and ends a client that gives none itself. */
  beat(): void;
  end(why: Ending): void;
}

export interface Connections {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** @throws DomainError TOO_MANY_CONNECTIONS */
  requireRoom(): void;
  add(connection: Connection): void;
  remove(connection: Connection): void;
  count(kind: Kind): number;
  /** By tenant. */
  counts(): ReadonlyMap<string, Readonly<Record<Kind, number>>>;
  /** Ends all of them: the process stops. */
  endAll(): void;
}

export interface ConnectionsOptions {
  readonly most: number;
  readonly heartbeatMs: number;
  readonly tokens: TokenVerifier;
  readonly log: Log;
}

const TICK_MS = 1_000;
/** How soon a connection of a revoked API token ends; the verifier itself remembers tokens for about as long. */
const CHECK_MS = 30_000;

/** All clients of this process: their number, their heartbeat, and the end of their tokens. */
export function openConnections(options: ConnectionsOptions): Connections {
  const { most, heartbeatMs, tokens, log } = options;
  /** With the time of its next heartbeat: by when it came, so that not all of them beat at once. */
  const open = new Map<Connection, number>();
  const byTenant = new Map<string, Record<Kind, number>>();
  const total = { ws: 0, sse: 0 };
  let checkAt = Date.now() + CHECK_MS;

  function count({ kind, storeId }: Connection, by: 1 | -1): void {
    const own = byTenant.get(storeId) ?? { ws: 0, sse: 0 };
    own[kind] += by;
    total[kind] += by;
    if (own.ws + own.sse === 0) byTenant.delete(storeId);
    else byTenant.set(storeId, own);
  }

  async function check(connection: Connection): Promise<void> {
    const { bearer } = connection;
    if (bearer === undefined) return;
    try {
      await (tokens.verify(bearer) satisfies Principal | Promise<Principal>);
    } catch (error) {
      // Identity being away logs nobody out.
      if (isDomainError(error) && error.code === 'UNAUTHENTICATED') connection.end('expired');
    }
  }

  const ticks: Periodic = periodically({
    name: 'connections',
    everyMs: TICK_MS,
    log,
    async round() {
      const now = Date.now();
      for (const [connection, beatAt] of open) {
        if (connection.expiresAt <= now) connection.end('expired');
        else if (beatAt <= now) {
          open.set(connection, now + heartbeatMs);
          connection.beat();
        }
      }
      if (now < checkAt) return;
      checkAt = now + CHECK_MS;
      for (const connection of open.keys()) await check(connection);
    },
  });

  return {
    name: ticks.name,
    start: () => ticks.start(),
    stop: () => ticks.stop(),
    requireRoom() {
      if (open.size >= most)
        throw new DomainError('TOO_MANY_CONNECTIONS', 'unavailable', 'this instance has no room left', {
          retryAfter: 1,
        });
    },
    add(connection) {
      open.set(connection, Date.now() + heartbeatMs);
      count(connection, 1);
    },
    remove(connection) {
      if (open.delete(connection)) count(connection, -1);
    },
    count: (kind) => total[kind],
    counts: () => byTenant,
    endAll() {
      for (const connection of open.keys()) connection.end('stopping');
    },
  };
}
