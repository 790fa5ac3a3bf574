export const carriers = ['fedex', 'ups', 'dhl'] as const;
export type CarrierName = (typeof carriers)[number];

export interface Place {
  /** ISO 3166 alpha-2. */
  readonly country: string;
  readonly postalCode: string;
}

export interface Parcel {
  readonly from: Place;
  readonly to: Place;
  readonly grams: number;
}

export const stages = ['PICKED_UP', 'IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED', 'EXCEPTION'] as const;
export type Stage = (typeof stages)[number];

export interface TrackingEvent {
  readonly stage: Stage;
  /** epoch ms */
  readonly at: number;
}

/** A label that was bought: one per reference, whatever becomes of it. */
export interface Label {
  readonly carrier: CarrierName;
  /** The client's name of the shipment. */
  readonly reference: string;
  /** What was asked for under the reference, so that something else is noticed. */
  readonly fingerprint: string;
  /** Unguessable: who knows it may see the document. */
  readonly labelId: string;
  readonly trackingNumber: string;
  readonly service: string;
  /** Decimal string. */
  readonly price: string;
  readonly currency: string;
  /** epoch ms */
  readonly at: number;
  /** How many times as fast as usual this parcel travels. */
  readonly scale: number;
  /** It gets stuck on its way. */
  readonly exception: boolean;
  readonly canceledAt: number | null;
  /** From here on the rest of the way took no time. */
  readonly hastenedAt: number | null;
}

/** A refusal. Each carrier has its own words for it on the wire. */
export class CarrierFault extends Error {
  readonly code: FaultCode;

  constructor(code: FaultCode, message: string) {
    super(message);
    this.name = 'CarrierFault';
    this.code = code;
  }
}

export type FaultCode =
  | 'INVALID'
  | 'NOT_AUTHORIZED'
  | 'UNDELIVERABLE'
  | 'TOO_HEAVY'
  | 'REFERENCE_IN_USE'
  | 'NOT_FOUND'
  | 'PICKED_UP_ALREADY'
  | 'AWAY';
