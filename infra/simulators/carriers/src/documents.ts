import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Book } from '#book.ts';
import { type CarrierName, carriers, type Label } from '#carrier.ts';

const HOST = /^[\w.[\]:-]+$/;

/** Clients get the address under which they have reached this server. */
export const documentUrl = ({ host }: FastifyRequest, { carrier, labelId }: Label): string =>
  `http://${HOST.test(host) ? host : 'localhost'}/${carrier}/labels/${labelId}`;

/** The label to be printed, in the printers' own language (ZPL). Its address cannot be guessed. */
export function registerDocuments(app: FastifyInstance, book: Book): void {
  app.get<{ Params: { carrier: string; labelId: string } }>(
    '/:carrier/labels/:labelId',
    ({ params: { carrier, labelId } }, reply) => {
      const label = book.document(labelId);
      if (!label || label.carrier !== carrier || !carriers.includes(carrier as CarrierName)) {
        return reply.code(404).send({ code: 'NOT_FOUND' });
      }
      return reply.type('application/zpl').send(printed(label));
    },
  );
}

const printed = ({ carrier, service, trackingNumber, reference, canceledAt }: Label): string =>
  [
    '^XA',
    `^FO40,40^A0N,40,40^FD${carrier.toUpperCase()} ${service}^FS`,
    `^FO40,110^BCN,120,Y,N,N^FD${trackingNumber}^FS`,
    `^FO40,300^A0N,28,28^FDRef ${reference.replaceAll(/[\^~]/g, ' ')}^FS`,
    ...(canceledAt === null ? [] : ['^FO40,360^A0N,60,60^FDVOID^FS']),
    '^XZ',
  ].join('\n');
