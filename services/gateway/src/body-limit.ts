import { Transform, type Readable } from 'node:stream';
import { errorCodes, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

const LIMIT = 256 * 1024;

const tooLarge = (): Error => new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();

/** Refuses announced bodies over 256 KiB before anything is read or sent. */
export function registerBodyLimit(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (Number(request.headers['content-length'] ?? 0) <= LIMIT) return done();
    // The rest of the body is not waited for.
    void reply.header('connection', 'close');
    return done(tooLarge());
  });
}

/** Bodies of unknown length are counted while they stream through. */
export function limitStream(request: FastifyRequest, reply: FastifyReply, next: () => void): void {
  if (!request.body || request.headers['content-length'] !== undefined) return next();
  let seen = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen <= LIMIT) return done(null, chunk);
      void reply.header('connection', 'close');
      return done(tooLarge());
    },
  });
  const source = request.body as Readable;
  // A client that breaks off ends the upstream request as well.
  source.once('error', (error) => counted.destroy(error));
  request.body = source.pipe(counted);
  next();
}
