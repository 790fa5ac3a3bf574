import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Book } from '#book.ts';
import type { CallList } from '#calls.ts';
import { carriers, type Label } from '#carrier.ts';
import { happened } from '#journey.ts';
import { type Board, knobs as knobsSchema } from '#knobs.ts';
import { parse, reference, trackingNumber } from '#requests.ts';

export interface ControlParts {
  readonly book: Book;
  readonly board: Board;
  readonly calls: CallList;
  readonly tokens: Map<string, number>;
  readonly now: () => number;
  readonly onJourney: (label: Label) => void;
}

const carrier = z.enum(carriers);
const filter = z.object({ carrier: carrier.optional(), reference: reference.optional() });
const deliverRequest = z.strictObject({ carrier, trackingNumber });

/** What tests and operators use: knobs, a look into the book, health. A real carrier has none of it. */
export function registerControl(
  app: FastifyInstance,
  { book, board, calls, tokens, now, onJourney }: ControlParts,
): void {
  app.get('/_control/knobs', () => board.current);
  app.put('/_control/knobs', (request) => board.set(parse(knobsSchema, request.body)));
  app.delete('/_control/knobs', () => board.reset());

  /** Logs every client of FedEx out. */
  app.delete('/_control/tokens', () => {
    tokens.clear();
    return { tokens: 0 };
  });

  app.get('/_control/labels', ({ query }) => {
    const matches = matching(parse(filter, query));
    const labels = [...book.all()].filter(matches).map((label) => ({
      carrier: label.carrier,
      reference: label.reference,
      trackingNumber: label.trackingNumber,
      service: label.service,
      price: label.price,
      currency: label.currency,
      boughtAt: iso(label.at),
      canceledAt: label.canceledAt === null ? null : iso(label.canceledAt),
      events: happened(label, now()).map(({ stage, at }) => ({ stage, at: iso(at) })),
    }));
    return { labels };
  });

  app.get('/_control/calls', ({ query }) => {
    const matches = matching(parse(filter, query));
    return {
      calls: calls
        .all()
        .filter(matches)
        .map((call) => ({ ...call, at: iso(call.at) })),
    };
  });

  /** The rest of the way takes no time. */
  app.post('/_control/deliver', (request) => {
    const asked = parse(deliverRequest, request.body);
    const label = book.hasten(asked.carrier, asked.trackingNumber);
    onJourney(label);
    return { trackingNumber: label.trackingNumber };
  });

  app.get('/health/live', () => ({ status: 'ok' }));
  app.get('/health/ready', () => ({ ready: true }));
}

const matching =
  (wanted: z.infer<typeof filter>) =>
  (it: { readonly carrier: string; readonly reference?: string }): boolean =>
    (wanted.carrier === undefined || it.carrier === wanted.carrier) &&
    (wanted.reference === undefined || it.reference === wanted.reference);

const iso = (at: number): string => new Date(at).toISOString();
