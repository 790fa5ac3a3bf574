import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { PROBLEM_TYPE, sendProblem } from './problem.ts';
import { CORRELATION_ID_HEADER, correlationIdOf } from './request-context.ts';

/** Fastify options for requests that never reach a route, and so never reach a hook either. */
export const unrouted = {
  frameworkErrors(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
    void reply.header(CORRELATION_ID_HEADER, correlationIdOf(request.headers));
    sendProblem(error, request, reply);
  },
  clientErrorHandler(error: Error & { code?: string }, socket: Socket): void {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    if (socket.writable) socket.write(rawProblem(error.code));
    socket.destroy(error);
  },
};

const rawProblems: Readonly<Record<string, readonly [status: number, code: string, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'HEADERS_TOO_LARGE', 'the URL and the headers are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'REQUEST_TIMEOUT', 'the request did not arrive in time'],
};

/** A whole reply, as there is no request yet that it could be the reply of. */
function rawProblem(reason = ''): string {
  const [status, code, detail] = rawProblems[reason] ?? [400, 'MALFORMED_REQUEST', 'this is not HTTP/1.1'];
  const title = STATUS_CODES[status] ?? '';
  const body = JSON.stringify({
    ...(status === 400 ? { errors: [{ path: 'request', message: detail }] } : {}),
    type: `urn:tradewind:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    ...{ title, status, detail, instance: '', code },
    traceId: randomBytes(16).toString('hex'),
  });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `${CORRELATION_ID_HEADER}: ${correlationIdOf({})}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

const methodNotAllowed = Object.assign(new Error('method not allowed'), { code: 'METHOD_NOT_ALLOWED' });

/** Answers paths that nobody serves with 404, and methods that a path does not have with 405 and those that it has. */
export function registerUnknownRoutes(app: FastifyInstance): void {
  const paths = new Map<string, { readonly form: RegExp; readonly methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    // The preflight route of the CORS plugin, which is no path of ours.
    if (url === '*') return;
    const known = paths.get(url) ?? { form: formOf(url), methods: new Set<string>() };
    for (const one of [method].flat()) known.methods.add(one);
    paths.set(url, known);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const found = [...paths.values()].filter(({ form }) => form.test(path));
    const methods = [...new Set(found.flatMap((one) => [...one.methods]))];
    if (methods.length === 0 || methods.includes(request.method)) {
      return sendProblem(
        new DomainError('ROUTE_NOT_FOUND', 'not-found', 'there is no such route'),
        request,
        reply,
      );
    }
    void reply.header('allow', methods.join(', '));
    if (request.method === 'OPTIONS') return reply.code(204).send();
    return sendProblem(methodNotAllowed, request, reply);
  });
}

/** `/products/:id/price` and `/products/*` as expressions. */
function formOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    return part === '*' ? '.*' : part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join('/')}$`);
}
