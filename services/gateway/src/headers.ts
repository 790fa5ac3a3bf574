import { context as otel, propagation, trace } from '@opentelemetry/api';
import type { FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/** Meant for one connection (RFC 9110 7.6.1), never passed on in either direction. What `Connection` names goes too. */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  // Asks this hop for a go-ahead, which node has given already.
  'expect',
];

/** Headers towards a service: everything end-to-end, plus where the request came from and what it belongs to. */
export function towardsService(request: FastifyRequest, headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const forwarded: IncomingHttpHeaders = { ...headers };
  for (const name of hopByHop) delete forwarded[name];
  // A body there would be ignored, so its length must not be announced either.
  if (request.method === 'GET' || request.method === 'HEAD') delete forwarded['content-length'];
  const before = request.headers['x-forwarded-for'];
  const peer = request.socket.remoteAddress ?? 'unknown';
  forwarded['x-forwarded-for'] = before === undefined ? peer : `${String(before)}, ${peer}`;
  forwarded['x-forwarded-host'] = request.host;
  forwarded['x-forwarded-proto'] = request.protocol;
  forwarded['correlation-id'] = request.correlationId;
  const { span } = request;
  if (span) propagation.inject(trace.setSpan(otel.active(), span), forwarded);
  return forwarded;
}

/** Headers towards the client. */
export function towardsClient(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const named = String(headers['connection'] ?? '').toLowerCase();
  const dropped = new Set([...hopByHop, ...named.split(',').map((name) => name.trim())]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name.toLowerCase())));
}
