import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Board, knobs } from '#knobs.ts';
import { channels, type Messages } from '#messages.ts';
import { pageOf } from '#page.ts';

const filter = z.object({ channel: z.enum(channels).optional(), to: z.string().optional() });
/** A page for people, not an archive. */
const SHOWN = 500;

/** What people and tests look at and turn. */
export function registerControl(
  app: FastifyInstance,
  { messages, board }: { messages: Messages; board: Board },
): void {
  app.get('/', (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(pageOf(messages.all().slice(0, SHOWN))),
  );
  app.get('/messages', ({ query }) => {
    const { channel, to } = filter.parse(query);
    const items = messages
      .all()
      .filter((it) => (channel ?? it.channel) === it.channel && (to ?? it.to) === it.to)
      .map((it) => ({ ...it, at: new Date(it.at).toISOString() }));
    return { items };
  });

  app.get('/_control/knobs', () => board.current);
  app.put('/_control/knobs', ({ body }) => board.set(knobs.parse(body)));
  app.delete('/_control/knobs', () => board.set({}));

  app.get('/health/live', () => ({ status: 'ok' }));
  app.get('/health/ready', () => ({ ready: true }));
}
