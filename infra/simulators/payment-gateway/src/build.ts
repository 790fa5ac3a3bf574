import { fastify, type FastifyInstance } from 'fastify';
import { newId } from '@tradewind/kernel/ids.ts';
import { createBook } from '#book.ts';
import { openBookFile } from '#book-file.ts';
import { postCallback } from '#callbacks.ts';
import type { Config } from '#config.ts';
import { type KnobBoard, registerControl } from '#control.ts';
import { GatewayFault, statusOf } from '#fault.ts';
import { createGateway } from '#gateway.ts';
import { registerRest } from '#rest.ts';
import { registerSoap } from '#soap.ts';

const BODY_LIMIT = 64 * 1024;

export async function build(
  config: Partial<Pick<Config, 'stateFile' | 'CALLBACK_URL'>>,
): Promise<FastifyInstance> {
  const file = config.stateFile ? openBookFile(config.stateFile) : undefined;
  const book = createBook({
    entries: file?.entries ?? [],
    newId,
    now: Date.now,
    append: (entry) => file?.append(entry),
  });
  const initial = config.CALLBACK_URL ? { callbackUrl: config.CALLBACK_URL } : {};
  const board: KnobBoard = { initial, current: initial };
  const gateway = createGateway({
    book,
    knobs: () => board.current,
    random: Math.random,
    now: Date.now,
    callBack: (entry, times) => {
      const url = board.current.callbackUrl;
      if (url) void postCallback(url, entry, times);
    },
  });
  const app = fastify({ bodyLimit: BODY_LIMIT, forceCloseConnections: true, keepAliveTimeout: 75_000 });
  app.setErrorHandler((error: Error & { statusCode?: number; code?: string }, _request, reply) => {
    const fault = error instanceof GatewayFault ? error : undefined;
    const status = fault ? statusOf(fault) : (error.statusCode ?? 500);
    if (status === 500 && !fault) process.stderr.write(`${error.stack ?? error.message}\n`);
    const code = fault?.code ?? (status < 500 ? 'INVALID_REQUEST' : 'PROCESSOR_ERROR');
    return reply
      .code(status)
      .type('application/problem+json')
      .send(JSON.stringify({ title: fault?.message ?? 'the request was refused', status, code }));
  });
  await registerSoap(app, gateway);
  registerRest(app, gateway);
  registerControl(app, book, board);
  app.addHook('onClose', async () => file?.close());
  return app;
}
