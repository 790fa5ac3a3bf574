import { context as otel, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  type Metadata,
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import type { Access } from './access.ts';
import { deadlineExceeded, failureOf, type StatusByCode, toStatusObject } from './grpc-errors.ts';
import { grpcHealth } from './grpc-health.ts';
import type { Logger } from './logger.ts';
import { mayCall } from './may-call.ts';
import type { Needed } from './permissions.ts';
import { type Principal, unauthenticated } from './principal.ts';
import { activeTraceparent } from './request-context.ts';
import type { Component } from './start.ts';
import { unstorable } from './storable-text.ts';
import type { TokenVerifier } from './tokens.ts';

/** What a handler knows of its call besides the request. */
export interface GrpcCall {
  readonly principal: Principal;
  /** Context of commands given by this call; its tenant is the token's. */
  readonly context: CommandContext;
  /** Epoch ms; Infinity where the caller set none. Work that starts later must not be done. */
  readonly deadline: number;
}

/** The unary methods of a generated service definition. */
type Unary = {
  readonly path: string;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
  readonly responseSerialize: (value: never) => Buffer;
};

export interface GrpcHandler<Request, Reply> {
  /** `public` does not exist here: every call carries a token. */
  readonly access: Exclude<Access, 'public'>;
  /** What a token that is limited to some permissions must have; without one the method is closed to such tokens. */
  readonly permission?: Needed;
  readonly handle: (request: Request, call: GrpcCall) => Promise<Reply>;
}

/** One handler per method of a service definition as ts-proto generates it. */
export type GrpcHandlers<S> = {
  readonly [M in keyof S]: S[M] extends {
    readonly requestDeserialize: (bytes: Buffer) => infer Request;
    readonly responseSerialize: (value: infer Reply) => Buffer;
  }
    ? GrpcHandler<Request, Reply>
    : never;
};

export interface GrpcServerOptions<S> {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tokens: TokenVerifier;
  readonly log: Logger;
  readonly definition: S;
  readonly handlers: GrpcHandlers<S>;
  readonly statuses?: StatusByCode;
}

export interface GrpcServer extends Component {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The port it listens on; 0 before it does. */
  readonly port: number;
}

/** Calls in hand get this long to end when the server stops. */
const DRAIN_MS = 5_000;
const CORRELATION_ID = /^[\x21-\x7e]{1,128}$/;
const tracer = trace.getTracer('tradewind.grpc');

/**
 * A gRPC server with what every method needs: the bearer token's principal and its roles, correlation id and trace, one
 * mapper of errors, deadlines, the standard health service. It stops by refusing new calls and waiting for those in hand.
 */
export function grpcServer<S extends Readonly<Record<string, Unary>>>(
  options: GrpcServerOptions<S>,
): GrpcServer {
  const { host, port, definition, handlers, log } = options;
  const server = new Server({
    'grpc.max_receive_message_length': 1024 * 1024,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 5_000,
  });
  const names = Object.keys(definition) as (keyof S & string)[];
  const service = names[0] ? (definition[names[0]]?.path.split('/')[1] ?? '') : '';
  const health = grpcHealth([service]);
  server.addService(health.definition, health.implementation);
  server.addService(
    readable(definition) as unknown as ServiceDefinition,
    Object.fromEntries(
      names.map((name) => [
        name,
        unary(definition[name]!.path, handlers[name] as GrpcHandler<unknown, unknown>, options),
      ]),
    ) as unknown as UntypedServiceImplementation,
  );
  let bound = 0;
  return {
    name: 'grpc',
    get port() {
      return bound;
    },
    async start() {
      bound = await new Promise<number>((resolve, reject) => {
        server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, taken) =>
          error ? reject(error) : resolve(taken),
        );
      });
      health.serving(true);
      log.info({ port: bound, rpc: service }, 'grpc listens');
    },
    async stop() {
      health.serving(false);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          log.warn({}, 'calls were cut off');
          server.forceShutdown();
        }, DRAIN_MS);
        server.tryShutdown(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
  };
}

const UNREADABLE = Symbol('bytes that are no message of the method');

/** The library itself calls bytes that it cannot read an INTERNAL error; whose error it is, the handler can say. */
function readable(definition: Readonly<Record<string, Unary>>): Record<string, Unary> {
  const methods = Object.entries(definition).map(([name, method]): [string, Unary] => {
    const requestDeserialize = (bytes: Buffer): unknown => {
      try {
        return method.requestDeserialize(bytes);
      } catch {
        return UNREADABLE;
      }
    };
    return [name, { ...method, requestDeserialize }];
  });
  return Object.fromEntries(methods);
}

function unary(
  path: string,
  { access, permission, handle }: GrpcHandler<unknown, unknown>,
  { tokens, log, statuses }: Pick<GrpcServerOptions<unknown>, 'tokens' | 'log' | 'statuses'>,
) {
  async function carryOut(call: ServerUnaryCall<unknown, unknown>, deadline: number): Promise<unknown> {
    const verified = tokens.verify(bearerOf(call.metadata));
    const principal = verified instanceof Promise ? await verified : verified;
    const refusal = mayCall(principal, access, permission);
    if (refusal) throw refusal;
    // The caller gave up: what it does not know of must not happen now.
    if (call.cancelled || deadline <= Date.now()) throw deadlineExceeded();
    if (call.request === UNREADABLE)
      throw new DomainError('INVALID_REQUEST', 'invalid', 'the bytes are no message of this method');
    const found = unstorable(call.request, 'request');
    if (found) throw new DomainError('INVALID_REQUEST', 'invalid', `${found.path} ${found.message}`);
    const correlationId = correlationOf(call.metadata);
    const context = {
      storeId: principal.storeId,
      correlationId,
      causationId: null,
      traceparent: activeTraceparent(),
    };
    return handle(call.request, { principal, context, deadline });
  }

  return (call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>): void => {
    const given = call.getDeadline();
    const deadline = typeof given === 'number' ? given : given.getTime();
    const parent = propagation.extract(otel.active(), carrierOf(call.metadata));
    const span = tracer.startSpan(path, { kind: SpanKind.SERVER }, parent);
    otel
      .with(trace.setSpan(parent, span), () => carryOut(call, deadline))
      .then(
        (reply) => {
          span.end();
          callback(null, reply);
        },
        (error: unknown) => {
          const failure = failureOf(error, statuses);
          if (failure.code === 'INTERNAL') log.error({ err: error, path }, 'call failed');
          fail(span, failure.code);
          callback(toStatusObject(failure));
        },
      );
  };
}

function fail(span: Span, code: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
  span.end();
}

function textOf(metadata: Metadata, key: string): string | undefined {
  const [value] = metadata.get(key);
  return typeof value === 'string' ? value : undefined;
}

function bearerOf(metadata: Metadata): string {
  const header = textOf(metadata, 'authorization');
  if (!header || !/^bearer /i.test(header)) throw unauthenticated('send a bearer token in the metadata');
  return header.slice(7);
}

function correlationOf(metadata: Metadata): string {
  const given = textOf(metadata, 'correlation-id');
  return given !== undefined && CORRELATION_ID.test(given) ? given : newId();
}

function carrierOf(metadata: Metadata): Record<string, string> {
  const traceparent = textOf(metadata, 'traceparent');
  return traceparent === undefined ? {} : { traceparent };
}
