import type { FastifyInstance, FastifyRequest, preHandlerAsyncHookHandler } from 'fastify';
import type { AppliedVersion } from '@tradewind/outbox/applied-version.ts';
import type { Projection } from '@tradewind/outbox/projection.ts';
import { storeOf } from './access.ts';
import { parsePosition, POSITION_TOKEN_HEADER, type Position } from './position-token.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The projection that a route reads: with a Position-Token it is waited for. */
    reads?: Projection;
  }
}

const PROJECTION_LAG_HEADER = 'projection-lag';

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 50;

export interface FreshReads {
  readonly applied: AppliedVersion;
  /** Longest time that a read waits. */
  readonly waitMs: number;
}

/** Whether a read must see what its caller wrote: then no copy that may be older will do. */
export const mustBeFresh = (request: FastifyRequest): boolean =>
  request.headers[POSITION_TOKEN_HEADER] !== undefined;

/**
 * Reads that carry the Position-Token of a command wait until the projection shows what was written, and say how far it is
 * behind where that takes too long: `Projection-Lag: versions=2, ms=2104`. Reads without one pay nothing.
 */
export function registerFreshReads(app: FastifyInstance, { applied, waitMs }: FreshReads): void {
  const wait: preHandlerAsyncHookHandler = async (request, reply) => {
    const token = request.headers[POSITION_TOKEN_HEADER];
    const projection = request.routeOptions.config.reads;
    if (typeof token !== 'string' || projection === undefined) return;
    const { position, writtenAt } = parsePosition(token);
    const left = await untilApplied(applied, projection, storeOf(request), position, waitMs);
    const ms = left === 0 ? 0 : Math.max(0, Date.now() - writtenAt);
    void reply.header(PROJECTION_LAG_HEADER, `versions=${left}, ms=${ms}`);
  };
  app.addHook('onRoute', (route) => {
    if (route.config?.reads === undefined) return;
    route.preHandler = [wait, ...[route.preHandler ?? []].flat()];
  });
}

/** Waits until all that a position names, of the projection's topics, is applied; answers how many versions are left. */
export async function untilApplied(
  applied: AppliedVersion,
  projection: Projection,
  storeId: string,
  position: Position,
  waitMs: number,
): Promise<number> {
  const wanted = projection.topics.flatMap((topic) =>
    [...(position.get(topic) ?? [])].map(([key, version]) => ({ topic, key, version })),
  );
  const deadline = performance.now() + waitMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const missing = await Promise.all(
      wanted.map(async ({ topic, key, version }) =>
        Math.max(0, version - (await applied(projection, storeId, key, topic))),
      ),
    );
    const left = missing.reduce((sum, one) => sum + one, 0);
    const rest = deadline - performance.now();
    if (left === 0 || rest <= 0) return left;
    await new Promise((resolve) => setTimeout(resolve, Math.min(pause, rest)));
  }
}
