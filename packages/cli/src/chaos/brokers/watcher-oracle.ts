import type { Broken } from '#chaos/checks.ts';

/** A status that a client was told, and on which of its connections. */
export interface Told {
  readonly connection: number;
  readonly orderId: string;
  readonly status: string;
  readonly version: number;
}

/** An order as it is in the end. */
export interface TrueOrder {
  readonly orderId: string;
  readonly status: string;
  /** Versions at which its status has changed, in order. */
  readonly versions: readonly number[];
}

/**
 * What is wrong with what a client was told of its orders: it ends on another status, was told something twice or backwards,
 * or missed a change while it was connected. After a reconnection the present status comes first. Pure.
 */
export function watcherProblems(orders: readonly TrueOrder[], told: readonly Told[]): Broken[] {
  const byOrder = Map.groupBy(told, ({ orderId }) => orderId);
  return orders.flatMap(({ orderId, status, versions }): Broken[] => {
    const own = byOrder.get(orderId) ?? [];
    const ends = own.at(-1)?.status ?? 'nothing';
    const wrong = (what: string): Broken => ({ rule: 'websocket', subject: orderId, what });
    const gaps = own.flatMap((now, at) => {
      const before = own[at - 1];
      if (before === undefined) return [];
      const again = now.connection !== before.connection;
      if (again ? now.version >= before.version : now.version === next(versions, before.version)) return [];
      const where = again ? 'after a reconnection' : 'on one connection';
      return [
        wrong(`version ${now.version} follows ${before.version} ${where}; there are ${versions.join(', ')}`),
      ];
    });
    return ends === status ? gaps : [...gaps, wrong(`is ${status}, and the client holds ${ends}`)];
  });
}

const next = (versions: readonly number[], after: number): number | undefined =>
  versions.find((version) => version > after);
