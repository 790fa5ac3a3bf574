import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

/** For clients that can't send the header with their first request. */
export const lastEventIdQuery = z
  .string()
  .max(100)
  .optional()
  .meta({ description: 'In place of the header Last-Event-ID' });

export const lastEventIdHeader = z.looseObject({
  'last-event-id': z
    .string()
    .max(100)
    .optional()
    .meta({ description: 'Id of the last event that is known; what came after it is sent first' }),
});

/** Where a client wants to go on: what its EventSource sends by itself counts more than what its URL once said. */
export function lastEventIdOf(request: FastifyRequest): string | undefined {
  const { lastEventId } = request.query as { lastEventId?: string };
  const header = request.headers['last-event-id'];
  const id = typeof header === 'string' && header !== '' ? header : lastEventId;
  return id === '' ? undefined : id;
}

/** What the documents say a stream answers with. */
export const eventStreamReply = {
  description: 'A stream of events that does not end by itself',
  content: { 'text/event-stream': { schema: z.string() } },
};
