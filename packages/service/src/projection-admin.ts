import type { FastifyRequest } from 'fastify';
import type { Log as BrokerLog } from '@tradewind/messaging/log.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import { recordReplies } from '@tradewind/outbox/idempotency.ts';
import type { Operation } from '@tradewind/outbox/operation.ts';
import type { Projection } from '@tradewind/outbox/projection.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { z } from 'zod';
import { principalOf } from './access.ts';
import type { HttpApp } from './http.ts';
import { replying } from './idempotency.ts';
import { problem } from './problem.ts';
import { projectionLag } from './projection-lag.ts';
import type { ReplayVerb } from './replay-journal.ts';
import { checkOptions, refusalOf, type ReplayOptions, replayOptions } from './replay-options.ts';
import * as requests from './replay-requests.ts';
import { projectionList, replayDetail, replayView, viewOfReplay, viewOfVersion } from './replay-view.ts';
import { contextOf } from './request-context.ts';

export interface ProjectionRoutes {
  readonly service: string;
  readonly db: Database;
  readonly brokerLog: BrokerLog;
  readonly projections: readonly Projection[];
  /** Tells the audit log, in the act's own transaction. */
  note(tx: Transaction, operation: Operation, context: CommandContext): Promise<void>;
  /** After an act was stored. */
  acted?(): void;
}

const config = { access: ['ADMIN'], permission: 'platform:operate', admission: 'always' } as const;
const act = { ...config, idempotency: 'required' } as const;
const tags = ['operations'];
const params = z.object({ name: z.string().min(1).max(60) });
const one = params.extend({ replayId: z.string().min(1).max(40) });
const refusals = { 400: problem, 401: problem, 403: problem, 404: problem };
const rollbackBody = z
  .strictObject({
    verify: z.boolean().default(false).meta({ description: 'only where it equals its source' }),
  })
  .meta({ example: { verify: false } });
const switchBody = replayOptions
  .pick({ rate: true, fullSpeed: true })
  .meta({ example: { fullSpeed: false } });
const started = { 202: replayView, 409: problem, ...refusals };

/** What an operator sees and does of a service's read models; a loop beside the service carries it out (replay-runner.ts). */
export function registerProjectionAdmin(app: HttpApp, options: ProjectionRoutes): void {
  const { service, db, brokerLog, projections, note, acted } = options;
  const base = `/api/v1/admin/${service}/projections`;

  function known(name: string): Projection {
    const projection = projections.find((it) => it.name === name);
    if (projection === undefined) throw requests.replayError('PROJECTION_NOT_FOUND');
    return projection;
  }

  const operation = (
    action: string,
    name: string,
    id: string,
    told: ReplayOptions | undefined,
  ): Operation => ({
    action: `projection.${action}`,
    resource: `projection:${service}:${name}`,
    details: {
      replayId: id,
      ...Object.fromEntries(
        Object.entries(told ?? {}).flatMap(([key, value]) =>
          value === undefined
            ? []
            : [[key, typeof value === 'object' ? JSON.stringify(value) : String(value)]],
        ),
      ),
    },
  });

  interface Start {
    readonly action: string;
    readonly verb: ReplayVerb;
    optionsIn(tx: Transaction): Promise<ReplayOptions>;
  }

  /** The request, its audit entry and the reply that repeats get, in one transaction. */
  async function start(request: FastifyRequest, name: string, { action, verb, optionsIn }: Start) {
    known(name);
    const { storeId, sub } = principalOf(request);
    const answer = await db.transaction(storeId, async (tx) => {
      const wanted = await optionsIn(tx);
      const view = viewOfReplay(await requests.requestReplay(tx, name, verb, wanted, sub));
      await note(tx, operation(action, name, view.replayId, wanted), contextOf(request, storeId));
      const { idempotency } = replying(request, () => ({ status: 202, body: JSON.stringify(view) }));
      if (idempotency) await recordReplies(tx, [{ ...idempotency.key, ...idempotency.reply(view, 1) }]);
      return view;
    });
    acted?.();
    return answer;
  }

  const placeOf = (name: string, id: string): string => `${base}/${name}/replays/${id}`;

  app.get(
    base,
    {
      config,
      schema: {
        ...{ tags, summary: 'Read models of this service: versions, stores, how far behind, last replay' },
        response: { 200: projectionList, 401: problem, 403: problem },
      },
    },
    async (request) => {
      const [versions, last] = await db.transaction(principalOf(request).storeId, (tx) =>
        Promise.all([requests.versionsOf(tx), requests.lastReplays(tx)]),
      );
      const items = projections.map(async (projection) => {
        const own = versions.filter(({ name }) => name === projection.name);
        const live = own.find(({ state }) => state === 'live')?.version ?? 0;
        const replay = last.get(projection.name);
        return {
          ...{ name: projection.name, topics: [...projection.topics], versions: own.map(viewOfVersion) },
          lag: await projectionLag(db, brokerLog, projection, live),
          lastReplay: replay === undefined ? null : viewOfReplay(replay),
        };
      });
      return { items: await Promise.all(items) };
    },
  );

  app.post(
    `${base}/:name/replays`,
    {
      config: {
        ...act,
        locationOf: (body: { projection: string; replayId: string }) =>
          placeOf(body.projection, body.replayId),
      },
      schema: {
        ...{
          tags,
          summary: 'Build it anew beside the live version, compare, switch',
          params,
          body: replayOptions,
        },
        response: started,
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const wanted = checkOptions(request.body);
      const refused = refusalOf(known(name), wanted);
      if (refused !== undefined) throw requests.replayError('REPLAY_OPTIONS_INVALID', { message: refused });
      const view = await start(request, name, {
        ...{ action: 'replay_started', verb: 'replay', optionsIn: () => Promise.resolve(wanted) },
      });
      return reply.code(202).header('location', placeOf(name, view.replayId)).send(view);
    },
  );

  app.get(
    `${base}/:name/replays/:replayId`,
    {
      config,
      schema: {
        ...{ tags, summary: 'One replay: how far it is, and its certificate once it has ended', params: one },
        response: { 200: replayDetail, ...refusals },
      },
    },
    async (request) => {
      const { name, replayId } = request.params;
      const stored = await db.transaction(principalOf(request).storeId, (tx) =>
        requests.replayOf(tx, name, replayId),
      );
      return { ...viewOfReplay(stored), certificate: stored.certificate as Record<string, unknown> | null };
    },
  );

  app.delete(
    `${base}/:name/replays/:replayId`,
    {
      config,
      schema: {
        ...{ tags, summary: 'Stop it: the next one goes on with what it has built', params: one },
        response: started,
      },
    },
    async (request, reply) => {
      const { name, replayId } = request.params;
      const { storeId } = principalOf(request);
      const view = await db.transaction(storeId, async (tx) => {
        const stored = viewOfReplay(await requests.stopReplay(tx, name, replayId));
        await note(tx, operation('replay_stopped', name, replayId, undefined), contextOf(request, storeId));
        return stored;
      });
      acted?.();
      return reply.code(202).send(view);
    },
  );

  app.post(
    `${base}/:name/rollback`,
    {
      config: act,
      schema: {
        ...{ tags, summary: 'Back to the version that was live before, once it has what it missed', params },
        body: rollbackBody,
        response: started,
      },
    },
    async (request, reply) => {
      const view = await start(request, request.params.name, {
        ...{ action: 'rolled_back', verb: 'rollback' },
        async optionsIn(tx) {
          const versions = await requests.versionsOf(tx);
          if (!versions.some(({ name, state }) => name === request.params.name && state === 'retired'))
            throw requests.replayError('NOTHING_TO_ROLL_BACK_TO');
          return replayOptions.parse(request.body);
        },
      });
      return reply.code(202).send(view);
    },
  );

  app.post(
    `${base}/:name/switch`,
    {
      config: act,
      schema: {
        ...{
          tags,
          summary: 'Go live with the version that was built with hold, once it is compared again',
          params,
        },
        body: switchBody,
        response: started,
      },
    },
    async (request, reply) => {
      const view = await start(request, request.params.name, {
        ...{ action: 'switched', verb: 'replay' },
        async optionsIn(tx) {
          const { rate: _, ...held } = await requests.heldOptions(tx, request.params.name);
          return checkOptions({ ...held, ...request.body, hold: false });
        },
      });
      return reply.code(202).send(view);
    },
  );
}
