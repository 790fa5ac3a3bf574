import { context as otel, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { newId } from '@tradewind/kernel/ids.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import { writtenBy } from './command-positions.ts';

declare module 'fastify' {
  interface FastifyRequest {
    correlationId: string;
    span: Span | undefined;
  }
}

const tracer = trace.getTracer('tradewind.http');
export const CORRELATION_ID_HEADER = 'correlation-id';
const CORRELATION_ID = /^[\x21-\x7e]{1,128}$/;

/** The client's correlation id, or a new one. */
export function correlationIdOf(headers: IncomingHttpHeaders): string {
  const given = headers[CORRELATION_ID_HEADER];
  return typeof given === 'string' && CORRELATION_ID.test(given) ? given : newId();
}

/**
 * Gives each request its correlation id (accepted or made, echoed) and its server span, inside which the rest runs.
 */
export function registerRequestContext(app: FastifyInstance): void {
  app.decorateRequest('correlationId', '');
  app.decorateRequest('span', undefined);
  app.addHook('onRequest', (request, reply, done) => {
    request.correlationId = correlationIdOf(request.headers);
    void reply.header(CORRELATION_ID_HEADER, request.correlationId);
    const parent = propagation.extract(otel.active(), request.headers);
    const name = `${request.method} ${request.routeOptions.url ?? 'unknown'}`;
    request.span = tracer.startSpan(name, { kind: SpanKind.SERVER }, parent);
    otel.with(trace.setSpan(parent, request.span), done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { span } = request;
    if (span?.isRecording()) {
      span.setAttributes({
        'http.request.method': request.method,
        'http.route': request.routeOptions.url ?? '',
        'http.response.status_code': reply.statusCode,
        'tradewind.correlation_id': request.correlationId,
      });
      if (reply.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span?.end();
    done();
  });
}

/** W3C traceparent of the active span. */
export function activeTraceparent(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  if (!span) return undefined;
  return `00-${span.traceId}-${span.spanId}-${(span.traceFlags & 1) === 1 ? '01' : '00'}`;
}

/** The context of commands given by this request. */
export function contextOf(request: FastifyRequest, storeId: string): CommandContext {
  return {
    storeId,
    correlationId: request.correlationId,
    causationId: null,
    actor: request.principal?.sub,
    traceparent: activeTraceparent(),
    wrote: (topic, key, version) => writtenBy(request).note(topic, key, version),
  };
}
