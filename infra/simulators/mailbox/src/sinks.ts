import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Board } from '#knobs.ts';
import type { Messages, Sent } from '#messages.ts';

export interface SinkParts {
  readonly messages: Messages;
  readonly board: Board;
}

const sms = z.object({ to: z.string().min(1), body: z.string() });
const push = z.object({
  token: z.string().min(1),
  notification: z.object({ title: z.string(), body: z.string() }),
});
const slack = z.object({ channel: z.string().min(1), text: z.string() });

type Content = Omit<Sent, 'key'>;
const nothing = { from: null, subject: null, html: null };

/** The wires of an SMS gateway, a push gateway and an incoming webhook of Slack. */
export function registerSinks(app: FastifyInstance, { messages, board }: SinkParts): void {
  async function take(request: FastifyRequest, reply: FastifyReply, content: Content): Promise<unknown> {
    const key = request.headers['idempotency-key'];
    const { delayMs, mode } = board.take(content.channel, content.to);
    if (delayMs > 0) await pause(delayMs);
    if (mode === 'DOWN') return reply.code(503).send({ error: 'away' });
    if (mode === 'FAIL') return reply.code(500).send({ error: 'something went wrong' });
    if (mode === 'REFUSE') return reply.code(400).send({ error: 'not wanted' });
    const { id } = messages.take({ ...content, key: typeof key === 'string' ? key : request.id });
    if (mode === 'DROP_ANSWER') {
      reply.hijack().raw.destroy();
      return undefined;
    }
    return reply.code(201).send({ id });
  }

  app.post('/sms/messages', (request, reply) => {
    const { to, body } = sms.parse(request.body);
    return take(request, reply, { channel: 'SMS', to, text: body, ...nothing });
  });
  app.post('/push/messages', (request, reply) => {
    const { token, notification } = push.parse(request.body);
    const { title: subject, body: text } = notification;
    return take(request, reply, { ...nothing, channel: 'PUSH', to: token, subject, text });
  });
  app.post('/slack/webhook', (request, reply) => {
    const { channel: to, text } = slack.parse(request.body);
    return take(request, reply, { channel: 'SLACK', to, text, ...nothing });
  });
}
