import type { FastifyInstance } from 'fastify';
import type { Subscription } from '@tradewind/messaging/broker.ts';
import { z } from 'zod';
import type { Telemetry } from './telemetry.ts';

/** What a dependency or a worker says of itself. */
export interface HealthCheck {
  readonly name: string;
  /** False = the service can't do its work without it right now. */
  check(): Promise<{ readonly ok: boolean; readonly detail?: unknown }>;
  /** Only informs: does not make the service unready. */
  readonly optional?: boolean;
}

/** A consumer is alive while it fetches: "connected" says nothing. */
const STALE_FETCH_MS = 60_000;

const life = z.object({ status: z.enum(['ok', 'stuck']) });
const report = z.object({ ready: z.boolean(), checks: z.record(z.string(), z.unknown()) });

/** `/health/live`, `/health/ready`, `/metrics`. */
export function registerHealth(
  app: FastifyInstance,
  telemetry: Telemetry,
  checks: readonly HealthCheck[],
  subscriptions: () => readonly Subscription[],
): void {
  const config = { access: 'public' as const, rateLimit: false as const };
  app.get(
    '/health/live',
    { config, schema: { tags: ['operations'], response: { 200: life, 503: life } } },
    async (_request, reply) => {
      const stuck = subscriptions().filter(
        ({ state, lastFetchAt }) =>
          state === 'crashed' || (state === 'running' && Date.now() - lastFetchAt > STALE_FETCH_MS),
      );
      return reply.code(stuck.length === 0 ? 200 : 503).send({ status: stuck.length === 0 ? 'ok' : 'stuck' });
    },
  );
  app.get(
    '/health/ready',
    { config, schema: { tags: ['operations'], response: { 200: report, 503: report } } },
    async (_request, reply) => {
      const results = await Promise.all(
        checks.map(async ({ name, check, optional }) => {
          const { ok, detail } = await bounded(check()).catch((error: unknown) => ({
            ok: false,
            detail: error instanceof Error ? error.message : String(error),
          }));
          return { name, ok: ok || optional === true, shown: detail === undefined ? { ok } : { ok, detail } };
        }),
      );
      const ready = results.every(({ ok }) => ok);
      if (!ready) void reply.header('retry-after', '1');
      return reply
        .code(ready ? 200 : 503)
        .send({ ready, checks: Object.fromEntries(results.map(({ name, shown }) => [name, shown])) });
    },
  );
  app.get('/metrics', { config, schema: { tags: ['operations'] } }, (request, reply) => {
    reply.hijack();
    telemetry.prometheus.getMetricsRequestHandler(request.raw, reply.raw);
  });
}

async function bounded<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer within 2 s')), 2_000);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
