import { isUtf8 } from 'node:buffer';
import { errorCodes, type FastifyInstance } from 'fastify';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { inexactNumber } from './exact-numbers.ts';

const OTHER_CHARSET = /;\s*charset\s*=(?!\s*"?utf-?8"?\s*(?:;|$))/i;

/**
 * JSON in UTF-8 is the only body that a service takes. Bytes that are no UTF-8 and numbers that would be rounded are
 * refused: what is stored is what was sent. Generic clients send `content-type: application/json` also where there is
 * nothing to say (DELETE, POST without options): no body is then no body, and a route that needs one refuses it by its
 * schema.
 */
export function registerJsonBody(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = body as Buffer;
    if (OTHER_CHARSET.test(request.headers['content-type'] ?? ''))
      return done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE());
    if (bytes.length === 0) return done(null, undefined);
    if (!isUtf8(bytes)) return done(malformed('the body is not UTF-8'));
    const text = bytes.toString('utf8');
    const rounded = inexactNumber(text);
    if (rounded) return done(malformed(`${rounded} has more digits than a JSON number keeps; send a string`));
    return void parse(request, text, done);
  });
}

function malformed(message: string): DomainError {
  return new DomainError('MALFORMED_BODY', 'invalid', message, {
    details: { errors: [{ path: 'body', message }] },
  });
}
