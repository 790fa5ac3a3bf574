import type { FastifyInstance } from 'fastify';
import type { Subscription } from '@tradewind/messaging/broker.ts';
import { z } from 'zod';
import { problem } from './problem.ts';
import type { Telemetry } from './telemetry.ts';

/** What a dependency or a worker says of itself. */
export interface HealthCheck {
  readonly name: string;
  /** False = the service can't do its work without it right now. */
  check(): Promise<{
    readonly ok: boolean;
    readonly detail?: unknown;
    /** Seconds until it may be well. */
    readonly retryAfter?: number;
  }>;
  /** Only informs: does not make the service unready. */
  readonly optional?: boolean;
  /** Reads go on while it is not ok. */
  readonly about?: 'commands';
}

/** A consumer is alive while it fetches: "connected" says nothing. */
const STALE_FETCH_MS = 60_000;

const life = z.object({ status: z.enum(['ok', 'stuck']) });
const report = z.object({ ready: z.boolean(), checks: z.record(z.string(), z.unknown()) });
const asked = z.object({
  for: z
    .enum(['reads', 'commands'])
    .default('commands')
    .meta({ description: '`reads`: ready while only commands are refused; what a balancer asks' }),
});

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
    {
      config,
      schema: {
        tags: ['operations'],
        querystring: asked,
        response: { 200: report, 400: problem, 503: report },
      },
    },
    async (request, reply) => {
      const { for: purpose } = request.query as z.infer<typeof asked>;
      const results = await Promise.all(
        checks.map(async ({ name, check, optional, about }) => {
          const { ok, detail, retryAfter } = await bounded(check()).catch((error: unknown) => ({
            ok: false,
            detail: error instanceof Error ? error.message : String(error),
            retryAfter: undefined,
          }));
          const informs = optional === true || (about !== undefined && about !== purpose);
          const shown = detail === undefined ? { ok } : { ok, detail };
          return { name, ok: ok || informs, retryAfter, shown };
        }),
      );
      const ready = results.every(({ ok }) => ok);
      const wait = Math.max(1, ...results.map(({ ok, retryAfter = 1 }) => (ok ? 1 : retryAfter)));
      if (!ready) void reply.header('retry-after', String(wait));
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
