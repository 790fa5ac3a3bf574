import { CarrierFault, type CarrierName, type Label } from '#carrier.ts';
import { happened } from '#journey.ts';

/** What is written down, once for all. */
export type Entry =
  | ({ readonly kind: 'BOUGHT' } & Omit<Label, 'canceledAt' | 'hastenedAt'>)
  | {
      readonly kind: 'CANCELED' | 'HASTENED';
      readonly carrier: CarrierName;
      readonly trackingNumber: string;
      readonly at: number;
    };

export type Purchase = Omit<Label, 'labelId' | 'trackingNumber' | 'at' | 'canceledAt' | 'hastenedAt'>;

export interface BookOptions {
  readonly entries: Iterable<Entry>;
  readonly newId: () => string;
  readonly newTrackingNumber: (carrier: CarrierName) => string;
  readonly now: () => number;
  /** Called with each new entry before it counts. */
  readonly append: (entry: Entry) => void;
  /** Labels kept in memory: beyond that the oldest are forgotten. */
  readonly limit?: number;
}

const LIMIT = 50_000;

/** All labels of all carriers, by reference and by tracking number. A reference never buys two. */
export function createBook({ entries, newId, newTrackingNumber, now, append, limit = LIMIT }: BookOptions) {
  const labels = new Map<string, Label>();
  const byReference = new Map<string, string>();
  const byDocument = new Map<string, string>();
  const numberKey = (carrier: CarrierName, trackingNumber: string) => `${carrier} ${trackingNumber}`;
  const referenceKey = ({ carrier, reference }: Pick<Label, 'carrier' | 'reference'>) =>
    `${carrier} ${reference}`;

  function note(entry: Entry): Label | undefined {
    const key = numberKey(entry.carrier, entry.trackingNumber);
    if (entry.kind === 'BOUGHT') {
      const { kind: _, ...bought } = entry;
      const label = { ...bought, canceledAt: null, hastenedAt: null };
      labels.set(key, label);
      byReference.set(referenceKey(label), key);
      byDocument.set(label.labelId, key);
      forgetOldest();
      return label;
    }
    const known = labels.get(key);
    if (!known) return undefined;
    const change = entry.kind === 'CANCELED' ? { canceledAt: entry.at } : { hastenedAt: entry.at };
    const label = { ...known, ...change };
    labels.set(key, label);
    return label;
  }

  function forgetOldest(): void {
    if (labels.size <= limit) return;
    const [first] = labels;
    if (!first) return;
    const [key, label] = first;
    labels.delete(key);
    byReference.delete(referenceKey(label));
    byDocument.delete(label.labelId);
  }

  function add(entry: Entry): Label {
    append(entry);
    const label = note(entry);
    if (!label) throw new CarrierFault('NOT_FOUND', 'there is no such label');
    return label;
  }

  function unusedNumber(carrier: CarrierName): string {
    const number = newTrackingNumber(carrier);
    return labels.has(numberKey(carrier, number)) ? unusedNumber(carrier) : number;
  }

  function get(carrier: CarrierName, trackingNumber: string): Label {
    const label = labels.get(numberKey(carrier, trackingNumber));
    if (!label) throw new CarrierFault('NOT_FOUND', `there is no parcel ${trackingNumber}`);
    return label;
  }

  for (const entry of entries) note(entry);

  return {
    /** @throws CarrierFault REFERENCE_IN_USE where the reference has bought something else, or was canceled */
    buy(purchase: Purchase): { readonly label: Label; readonly isNew: boolean } {
      const known = labels.get(byReference.get(referenceKey(purchase)) ?? '');
      if (known) {
        if (known.fingerprint !== purchase.fingerprint || known.canceledAt !== null) {
          throw new CarrierFault('REFERENCE_IN_USE', 'this reference was used before');
        }
        return { label: known, isNew: false };
      }
      const trackingNumber = unusedNumber(purchase.carrier);
      const label = add({ kind: 'BOUGHT', ...purchase, labelId: newId(), trackingNumber, at: now() });
      return { label, isNew: true };
    },

    /** A repeat is fine. @throws CarrierFault PICKED_UP_ALREADY, NOT_FOUND */
    cancel(carrier: CarrierName, trackingNumber: string): Label {
      const label = get(carrier, trackingNumber);
      if (label.canceledAt !== null) return label;
      const at = now();
      if (happened(label, at).length > 0) {
        throw new CarrierFault('PICKED_UP_ALREADY', 'the parcel is on its way');
      }
      return add({ kind: 'CANCELED', carrier, trackingNumber, at });
    },

    /** @throws CarrierFault NOT_FOUND */
    hasten(carrier: CarrierName, trackingNumber: string): Label {
      const label = get(carrier, trackingNumber);
      if (label.hastenedAt !== null || label.canceledAt !== null) return label;
      return add({ kind: 'HASTENED', carrier, trackingNumber, at: now() });
    },

    get,
    find: (carrier: CarrierName, reference: string): Label | undefined =>
      labels.get(byReference.get(referenceKey({ carrier, reference })) ?? ''),
    document: (labelId: string): Label | undefined => labels.get(byDocument.get(labelId) ?? ''),
    all: (): Iterable<Label> => labels.values(),
  };
}

export type Book = ReturnType<typeof createBook>;
