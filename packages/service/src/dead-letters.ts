import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { errorTable } from '@tradewind/kernel/errors.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import {
  deadLetter,
  deadLetterContent,
  deadLetters,
  dropDeadLetter,
  retryDeadLetter,
  type DeadLetter,
} from '@tradewind/outbox/dead-letters.ts';
import { recordReplies } from '@tradewind/outbox/idempotency.ts';
import type { Operation } from '@tradewind/outbox/operation.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { z } from 'zod';
import { principalOf } from './access.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import {
  deadLetterDetail,
  deadLetterView,
  detailOfDeadLetter,
  formatDeadLetterId,
  parseDeadLetterId,
  viewOfDeadLetter,
} from './dead-letter-view.ts';
import type { HttpApp } from './http.ts';
import { replying } from './idempotency.ts';
import { problem } from './problem.ts';
import { contextOf } from './request-context.ts';

const deadLetterError = errorTable({
  DEAD_LETTER_NOT_FOUND: [
    'not-found',
    'there is no such dead letter, or it waits behind another one of its key',
  ],
});

export interface DeadLetterRoutes {
  readonly service: string;
  readonly db: Database;
  readonly decode: (value: Buffer) => AnyEvent | Promise<AnyEvent>;
  /** Tells the audit log, in the act's own transaction. */
  note(tx: Transaction, operation: Operation, context: CommandContext): Promise<void>;
  /** After an act was stored. */
  acted?(): void;
}

const config = { access: ['ADMIN'], permission: 'platform:operate', admission: 'always' } as const;
const tags = ['operations'];
const params = z.object({ deadLetterId: z.string().min(1).max(40) });
const refusals = { 401: problem, 403: problem };
const word = z.string().min(1).max(200).optional();
const querystring = z.strictObject({
  ...{ consumer: word, topic: word, key: word, errorCode: word },
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(200).optional(),
});
const page = z
  .object({ items: z.array(deadLetterView), nextCursor: z.string().nullable() })
  .meta({ id: 'DeadLetters' });
const retried = z
  .object({
    deadLetterId: z.string(),
    state: z.literal('RETRYING').meta({ description: 'applied once it is gone; else it has another error' }),
  })
  .meta({ id: 'DeadLetterRetry', example: { deadLetterId: '12', state: 'RETRYING' } });

/** What an operator sees and does of the events of a tenant that this service could not apply or publish. */
export function registerDeadLetters(app: HttpApp, options: DeadLetterRoutes): void {
  const { service, db, decode, note, acted } = options;
  const base = `/api/v1/admin/${service}/dead-letters`;

  /** The head of a key, in a transaction of its tenant. */
  async function head(tx: Transaction, text: string): Promise<DeadLetter> {
    const id = parseDeadLetterId(text);
    const found = id && (await deadLetter(tx, id));
    if (found === undefined) throw deadLetterError('DEAD_LETTER_NOT_FOUND');
    return found;
  }

  const operation = (action: string, one: DeadLetter): Operation => ({
    action: `dead_letter.${action}`,
    resource: `dead_letter:${service}:${formatDeadLetterId(one.id)}`,
    details: {
      ...{ consumer: one.consumer, topic: one.topic, key: one.key, eventId: one.eventId ?? '' },
      errorCode: one.errorCode,
    },
  });

  app.get(
    base,
    {
      config,
      schema: {
        ...{
          tags,
          summary: 'Dead letters: the first event of each key that waits, oldest first',
          querystring,
        },
        response: { 200: page, 400: problem, ...refusals },
      },
    },
    async (request) => {
      const { limit, cursor, ...filter } = request.query;
      const after = cursor === undefined ? undefined : parseDeadLetterId(decodeCursor(cursor, z.string()));
      const rows = await db.transaction(principalOf(request).storeId, (tx) =>
        deadLetters(tx, { ...filter, after, limit: limit + 1 }),
      );
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown.map(viewOfDeadLetter),
        nextCursor: rows.length > limit && last ? encodeCursor(formatDeadLetterId(last.id)) : null,
      };
    },
  );

  app.get(
    `${base}/:deadLetterId`,
    {
      config,
      schema: {
        ...{ tags, summary: 'One of them, with the event as it came and as it reads', params },
        response: { 200: deadLetterDetail, 404: problem, ...refusals },
      },
    },
    async (request) => {
      const found = await db.transaction(principalOf(request).storeId, async (tx) => {
        const one = await head(tx, request.params.deadLetterId);
        return { one, content: await deadLetterContent(tx, one.id) };
      });
      if (found.content === undefined) throw deadLetterError('DEAD_LETTER_NOT_FOUND');
      return detailOfDeadLetter(found.one, found.content, decode);
    },
  );

  app.post(
    `${base}/:deadLetterId/retry`,
    {
      config: { ...config, idempotency: 'accepted' },
      schema: {
        ...{ tags, summary: 'Have it tried again at once; those behind it follow', params },
        response: { 202: retried, 404: problem, 409: problem, ...refusals },
      },
    },
    async (request, reply) => {
      const { storeId } = principalOf(request);
      const answer = { deadLetterId: request.params.deadLetterId, state: 'RETRYING' as const };
      const { idempotency } = replying(request, () => ({ status: 202, body: JSON.stringify(answer) }));
      await db.transaction(storeId, async (tx) => {
        const one = await head(tx, request.params.deadLetterId);
        await retryDeadLetter(tx, one.id);
        await note(tx, operation('retried', one), contextOf(request, storeId));
        if (idempotency) await recordReplies(tx, [{ ...idempotency.key, ...idempotency.reply(one, 1) }]);
      });
      acted?.();
      return reply.code(202).send(answer);
    },
  );

  app.delete(
    `${base}/:deadLetterId`,
    {
      config,
      schema: {
        ...{ tags, summary: 'Give it up for its consumer: those behind it go on without it', params },
        response: { 204: z.null(), 404: problem, 409: problem, ...refusals },
      },
    },
    async (request, reply) => {
      const { storeId } = principalOf(request);
      await db.transaction(storeId, async (tx) => {
        const one = await head(tx, request.params.deadLetterId);
        await dropDeadLetter(tx, one);
        await note(tx, operation('dropped', one), contextOf(request, storeId));
      });
      acted?.();
      return reply.code(204).send(null);
    },
  );
}
