import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify';
import { POSITION_TOKEN_HEADER, Written } from './position-token.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What its commands have written so far. */
    written: Written | undefined;
  }
}

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** A declined payment is stored and told like any other outcome. */
const DECLINED = 402;

/** What the commands of a request write is noted here. */
export const writtenBy = (request: FastifyRequest): Written => (request.written ??= new Written());

/** Every command that has led to events answers with the position that reads may carry. */
export function registerCommandPositions(app: FastifyInstance): void {
  app.decorateRequest('written', undefined);
  const answer: onSendHookHandler = (request, reply, _payload, done) => {
    const stored = reply.statusCode < 400 || reply.statusCode === DECLINED;
    if (stored && request.written) setPosition(reply, request.written.token(Date.now()));
    done();
  };
  app.addHook('onRoute', (route) => {
    if (![route.method].flat().some((method) => WRITES.has(method))) return;
    route.onSend = [answer, ...[route.onSend ?? []].flat()];
  });
}

export function setPosition(reply: FastifyReply, token: string | null | undefined): void {
  if (token !== null && token !== undefined) void reply.header(POSITION_TOKEN_HEADER, token);
}
