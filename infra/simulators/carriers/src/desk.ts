import { createHash } from 'node:crypto';
import type { Book } from '#book.ts';
import { CarrierFault, type CarrierName, type Label, type Parcel, type TrackingEvent } from '#carrier.ts';
import { happened } from '#journey.ts';
import type { Board } from '#knobs.ts';
import { type Rate, ratesFor } from '#rates.ts';

export interface DeskParts {
  readonly book: Book;
  readonly board: Board;
  readonly random: () => number;
  readonly now: () => number;
  /** Told of each label whose journey has changed. */
  readonly onJourney: (label: Label) => void;
  /** Ordinary speed, where no knob says otherwise. */
  readonly timeScale: number;
}

/** What a carrier does, whatever it looks like on the wire. Everything throws CarrierFault. */
export function createDesk(
  carrier: CarrierName,
  { book, board, random, now, onJourney, timeScale }: DeskParts,
) {
  return {
    quote: (parcel: Parcel): readonly Rate[] => ratesFor(carrier, parcel),

    /** @param asked everything that the client wants under this reference, as it stands in the request */
    buy(reference: string, parcel: Parcel, service: string, asked: unknown): Label {
      const rate = ratesFor(carrier, parcel).find((it) => it.service === service);
      if (!rate) throw new CarrierFault('INVALID', `there is no service ${service}`);
      const { exception = false } = board.of(carrier);
      const { label, isNew } = book.buy({
        ...{ carrier, reference, service, price: rate.price, currency: rate.currency },
        fingerprint: createHash('sha256').update(JSON.stringify(asked)).digest('base64url'),
        scale: board.current.timeScale ?? timeScale,
        exception: typeof exception === 'number' ? random() < exception : exception,
      });
      if (isNew) onJourney(label);
      return label;
    },

    find(reference: string): Label {
      const label = book.find(carrier, reference);
      if (!label) throw new CarrierFault('NOT_FOUND', `nothing was bought as ${reference}`);
      return label;
    },

    track(trackingNumber: string): { readonly label: Label; readonly events: readonly TrackingEvent[] } {
      const label = book.get(carrier, trackingNumber);
      const events = happened(label, now());
      return { label, events: board.of(carrier).shuffle === true ? events.toReversed() : events };
    },

    cancel(trackingNumber: string): Label {
      const label = book.cancel(carrier, trackingNumber);
      onJourney(label);
      return label;
    },
  };
}

export type Desk = ReturnType<typeof createDesk>;
