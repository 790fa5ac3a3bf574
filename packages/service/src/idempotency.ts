import { hash } from 'node:crypto';
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  preHandlerAsyncHookHandler,
  preValidationHookHandler,
} from 'fastify';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { type FindReply, type IdempotencyKey, idempotencyInFlight } from '@tradewind/outbox/idempotency.ts';
import type { StoredReply } from '@tradewind/outbox/idempotency.ts';
import { principalOf, DEFAULT_STORE } from './access.ts';
import { setPosition } from './command-positions.ts';
import { PROBLEM_TYPE } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `required`: refused without an Idempotency-Key; `accepted`: honoured when sent. */
    idempotency?: 'required' | 'accepted';
    /** Where the thing is that a reply describes, as only the body of a reply is stored. */
    locationOf?: (body: never) => string;
  }
  interface FastifyRequest {
    /** Goes into the command, which stores the reply in its own transaction. */
    idempotencyKey: IdempotencyKey | undefined;
  }
}

/** A request whose key nobody else's request may carry out meanwhile. */
interface Running {
  readonly payloadHash: string;
  /** Repeats that come together share it: none of them is told to wait for another one's look. */
  readonly found: ReturnType<FindReply>;
}

const FORM = /^[\x21-\x7e]{1,255}$/;

/**
 * Idempotency-Key over HTTP. A repeat of a finished request gets the stored reply; a repeat of a running one is told to
 * wait; the same key with another payload is refused. What a command did not store (a refusal) may be tried again.
 */
export function registerIdempotency(app: FastifyInstance, findReply: FindReply): void {
  const inFlight = new Map<string, Running>();
  app.decorateRequest('idempotencyKey', undefined);

  // Only routes that take a key pay for it.
  app.addHook('onRoute', (route) => {
    if (!route.config?.idempotency) return;
    route.preValidation = [checkForm, ...[route.preValidation ?? []].flat()];
    route.preHandler = [replay, ...[route.preHandler ?? []].flat()];
  });

  const checkForm: preValidationHookHandler = (request, _reply, done) => {
    const mode = request.routeOptions.config.idempotency;
    const given = request.headers['idempotency-key'];
    if (!mode || (given === undefined && mode === 'accepted')) return done();
    if (given === undefined)
      return done(refused('IDEMPOTENCY_KEY_REQUIRED', 'send an Idempotency-Key header'));
    if (typeof given !== 'string' || !FORM.test(given)) {
      const message = 'an Idempotency-Key has 1 to 255 visible ASCII characters';
      return done(refused('IDEMPOTENCY_KEY_INVALID', message));
    }
    return done();
  };

  const replay: preHandlerAsyncHookHandler = async (request, reply) => {
    const given = request.headers['idempotency-key'];
    if (typeof given !== 'string') return undefined;
    const key = keyOf(request, given);
    const name = `${key.storeId}\n${key.principal}\n${key.route}\n${key.key}`;
    const running = inFlight.get(name);
    if (running && running.payloadHash !== key.payloadHash) throw reused();
    const found = running?.found ?? findReply(key);
    if (!running) {
      inFlight.set(name, { payloadHash: key.payloadHash, found });
      reply.raw.once('close', () => inFlight.delete(name));
    }
    const stored = await found;
    if (!stored) {
      if (running) throw idempotencyInFlight();
      request.idempotencyKey = key;
      return undefined;
    }
    if (stored.payloadHash !== key.payloadHash) throw reused();
    const type = stored.status < 400 ? 'application/json; charset=utf-8' : PROBLEM_TYPE;
    if (stored.status < 400) restoreHeaders(reply, stored.body);
    setPosition(reply, stored.position);
    return reply.header('idempotent-replayed', 'true').code(stored.status).type(type).send(stored.body);
  };
}

/** The headers that the first reply had: a client whose reply got lost knows the thing by nothing else. */
function restoreHeaders(reply: FastifyReply, text: string): void {
  const body = JSON.parse(text) as { version?: unknown } | null;
  const { locationOf } = reply.request.routeOptions.config;
  if (locationOf) void reply.header('location', locationOf(body as never));
  if (typeof body?.version === 'number') void reply.header('etag', `"${body.version}"`);
}

/** The idempotency part of a command's options; empty where the client sent no key. */
export function replying<S>(
  request: FastifyRequest,
  reply: (after: S, events: number) => StoredReply,
):
  | { idempotency: { key: IdempotencyKey; reply: (after: S, events: number) => StoredReply } }
  | Record<string, never> {
  const key = request.idempotencyKey;
  if (!key) return {};
  // A reply is made when its events are: what they reach is known by then.
  const withPosition = (after: S, events: number): StoredReply => ({
    ...reply(after, events),
    position: request.written?.token(Date.now()),
  });
  return { idempotency: { key, reply: withPosition } };
}

function keyOf(request: FastifyRequest, key: string): IdempotencyKey {
  const principal = request.principal ? principalOf(request) : undefined;
  return {
    storeId: principal?.storeId ?? DEFAULT_STORE,
    principal: principal?.sub ?? 'anonymous',
    route: `${request.method} ${request.routeOptions.url ?? ''}`,
    key,
    // The path counts as payload: the same key for another order is another request.
    payloadHash: hash('sha256', `${request.url}\n${JSON.stringify(request.body ?? null)}`),
  };
}

function refused(code: string, message: string): DomainError {
  return new DomainError(code, 'invalid', message, {
    details: { errors: [{ path: 'headers.idempotency-key', message }] },
  });
}

function reused(): DomainError {
  return new DomainError(
    'IDEMPOTENCY_KEY_REUSED',
    'conflict',
    'this Idempotency-Key was used with another payload; use a new one',
  );
}
