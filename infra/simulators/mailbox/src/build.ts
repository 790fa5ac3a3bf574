import { fastify, type FastifyInstance } from 'fastify';
import { newId } from '@tradewind/kernel/ids.ts';
import { ZodError } from 'zod';
import type { Config } from '#config.ts';
import { registerControl } from '#control.ts';
import { createBoard } from '#knobs.ts';
import { createMessages } from '#messages.ts';
import { openMessagesFile } from '#messages-file.ts';
import { registerSinks } from '#sinks.ts';
import { createSmtp } from '#smtp.ts';

const BODY_LIMIT = 64 * 1024;

export interface Mailbox {
  readonly http: FastifyInstance;
  /** Opens the mail server. */
  listenSmtp(port: number, host: string): Promise<void>;
  close(): Promise<void>;
}

/** Sinks of all channels, over one list of messages. */
export function build({ stateFile }: Partial<Pick<Config, 'stateFile'>>): Mailbox {
  const file = stateFile === undefined ? undefined : openMessagesFile(stateFile);
  const messages = createMessages({
    entries: file?.entries ?? [],
    append: (entry) => file?.append(entry),
    newId,
    now: Date.now,
  });
  const board = createBoard();
  const smtp = createSmtp({ messages, board });
  const http = fastify({ bodyLimit: BODY_LIMIT, forceCloseConnections: true, keepAliveTimeout: 75_000 });
  http.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error instanceof ZodError ? 400 : (error.statusCode ?? 500);
    if (status === 500) process.stderr.write(`${error.stack ?? error.message}\n`);
    return reply.code(status).send({ error: error.message });
  });
  registerSinks(http, { messages, board });
  registerControl(http, { messages, board });

  return {
    http,
    listenSmtp: (port, host) =>
      new Promise((resolve, reject) => {
        smtp.server.once('error', reject);
        smtp.listen(port, host, () => resolve());
      }),
    async close() {
      await http.close();
      await new Promise<void>((resolve) => smtp.close(resolve));
      file?.close();
    },
  };
}
