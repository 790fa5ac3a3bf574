import { fastify, type FastifyInstance } from 'fastify';
import { newId } from '@tradewind/kernel/ids.ts';
import { createBook } from '#book.ts';
import { openBookFile } from '#book-file.ts';
import { createNotifier } from '#callbacks.ts';
import { createCallList } from '#calls.ts';
import { CarrierFault, type CarrierName } from '#carrier.ts';
import type { Config } from '#config.ts';
import { registerControl } from '#control.ts';
import { createDesk } from '#desk.ts';
import { dhlCallback, registerDhl } from '#dhl.ts';
import { documentUrl, registerDocuments } from '#documents.ts';
import { fedexCallback, registerFedex } from '#fedex.ts';
import { createBoard } from '#knobs.ts';
import { newTrackingNumber } from '#numbers.ts';
import { createTreatment } from '#treatment.ts';
import { registerUps, upsCallback } from '#ups.ts';
import type { CarrierParts } from '#wire.ts';

const BODY_LIMIT = 64 * 1024;

export type BuildConfig = Pick<Config, 'CARRIER_CREDENTIALS' | 'TW_CARRIER_TIME_SCALE'> &
  Partial<Pick<Config, 'stateFile' | 'CARRIER_CALLBACK_URL'>>;

/** Three carriers behind one server, each with its own wire, over one book of labels. */
export async function build(config: BuildConfig): Promise<FastifyInstance> {
  const [now, random] = [Date.now, Math.random];
  const accounts = config.CARRIER_CREDENTIALS;
  const file = config.stateFile ? openBookFile(config.stateFile) : undefined;
  const book = createBook({
    entries: file?.entries ?? [],
    append: (entry) => file?.append(entry),
    ...{ newId, newTrackingNumber, now },
  });
  const board = createBoard(config.CARRIER_CALLBACK_URL ? { callbackUrl: config.CARRIER_CALLBACK_URL } : {});
  const calls = createCallList(now);
  const tokens = new Map<string, number>();
  const messages = { fedex: fedexCallback, ups: upsCallback, dhl: dhlCallback };
  const notifier = createNotifier({ board, secrets: accounts, messages, random, now });
  for (const label of book.all()) notifier.resume(label);
  const onJourney = notifier.follow;

  const app = fastify({ bodyLimit: BODY_LIMIT, forceCloseConnections: true, keepAliveTimeout: 75_000 });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status =
      error instanceof CarrierFault ? (error.code === 'NOT_FOUND' ? 404 : 400) : error.statusCode;
    if (status === undefined) process.stderr.write(`${error.stack ?? error.message}\n`);
    return reply.code(status ?? 500).send({ title: error.message });
  });
  const asText = { parseAs: 'string' as const };
  app.addContentTypeParser(['text/xml', 'application/xml'], asText, (_request, body, done) =>
    done(null, body),
  );
  app.addContentTypeParser('application/x-www-form-urlencoded', asText, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );

  const parts = (carrier: CarrierName): CarrierParts => ({
    desk: createDesk(carrier, {
      ...{ book, board, random, now, onJourney },
      timeScale: config.TW_CARRIER_TIME_SCALE,
    }),
    account: accounts[carrier],
    treatment: (refusal) => createTreatment(carrier, { board, calls, random }, refusal),
    ...{ now, documentUrl },
  });
  registerFedex(app, { ...parts('fedex'), tokens });
  registerUps(app, parts('ups'));
  registerDhl(app, parts('dhl'));
  registerDocuments(app, book);
  registerControl(app, { book, board, calls, tokens, now, onJourney });
  app.addHook('onClose', async () => {
    notifier.close();
    file?.close();
  });
  return app;
}
