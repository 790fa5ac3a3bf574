import type { IncomingHttpHeaders } from 'node:http';
import type { Money } from '@tradewind/kernel/money.ts';

export const carrierCodes = ['FEDEX', 'UPS', 'DHL'] as const;
export type CarrierCode = (typeof carrierCodes)[number];

export interface Address {
  readonly name: string;
  readonly line1: string;
  readonly city: string;
  readonly postalCode: string;
  /** ISO 3166 alpha-2. */
  readonly country: string;
}

export interface Parcel {
  readonly to: Address;
  readonly weightGrams: number;
}

export interface Quote {
  /** The carrier's code of the service, to be handed to `buyLabel`. */
  readonly service: string;
  readonly serviceName: string;
  /** In the carrier's currency, which need not be the order's. */
  readonly price: Money;
  readonly transitDays: number;
}

export interface ShipmentOrder {
  /** The reference at the carrier: it buys one label, however often it is sent. */
  readonly shipmentId: string;
  readonly parcel: Parcel;
  readonly service: string;
}

export interface Label {
  readonly trackingNumber: string;
  readonly service: string;
  readonly price: Money;
  readonly labelUrl: string;
}

export const trackingStatuses = [
  'PICKED_UP',
  'IN_TRANSIT',
  'OUT_FOR_DELIVERY',
  'DELIVERED',
  'EXCEPTION',
] as const;
export type TrackingStatus = (typeof trackingStatuses)[number];

export interface TrackingEvent {
  readonly status: TrackingStatus;
  readonly at: Date;
  /** The carrier's own words. */
  readonly detail: string;
}

/** What a callback tells: the same as `track`, of one moment. Repeats and any order are to be expected. */
export interface TrackingUpdate {
  readonly trackingNumber: string;
  readonly events: readonly TrackingEvent[];
}

export type RefusalCode =
  | 'ADDRESS_UNDELIVERABLE'
  | 'PARCEL_TOO_HEAVY'
  | 'INVALID_REQUEST'
  /** The shipmentId has bought something else, or its label was canceled. */
  | 'REFERENCE_IN_USE'
  | 'ALREADY_PICKED_UP'
  | 'NOT_FOUND'
  /** Of a callback. */
  | 'BAD_SIGNATURE'
  | 'STALE_CALLBACK'
  | 'MALFORMED_CALLBACK'
  /** Any other no; `detail` has the carrier's own code. */
  | 'CARRIER_REFUSED';

export interface Done<T> {
  readonly kind: 'DONE';
  readonly value: T;
}
/** The carrier has understood and says no: asking again is pointless. */
export interface Refused {
  readonly kind: 'REFUSED';
  readonly code: RefusalCode;
  readonly detail: string;
}
/**
 * UNAVAILABLE: certainly nothing was done. UNKNOWN: no usable answer; what was asked for may have been done. Either way the
 * same call may be made again later.
 */
export interface NoAnswer {
  readonly kind: 'UNAVAILABLE' | 'UNKNOWN';
  readonly detail: string;
}
export type Answer<T> = Done<T> | Refused;
export type Outcome<T> = Answer<T> | NoAnswer;

export interface CallOptions {
  /** Time for the call with all of its tries. */
  readonly withinMs?: number;
}

/** A carrier. Nothing here throws: whatever a carrier does is an outcome. */
export interface Carrier {
  readonly code: CarrierCode;
  readonly breakerOpen: boolean;
  /** At least one, the cheapest first. */
  quote(parcel: Parcel, options?: CallOptions): Promise<Outcome<readonly Quote[]>>;
  /**
   * Buys the label of a shipment, or answers the one that it has: safe to repeat with the same shipment. An answer that got
   * lost is settled by asking for the shipmentId.
   */
  buyLabel(shipment: ShipmentOrder, options?: CallOptions): Promise<Outcome<Label>>;
  /** The label that was bought for a shipment; null = the carrier has never heard of it. */
  findLabel(shipmentId: string, options?: CallOptions): Promise<Outcome<Label | null>>;
  /** All events so far in the order of their times, none twice. */
  track(trackingNumber: string, options?: CallOptions): Promise<Outcome<readonly TrackingEvent[]>>;
  /** Gives a label back that was not used. A repeat is DONE. */
  cancelLabel(trackingNumber: string, options?: CallOptions): Promise<Outcome<null>>;
  /** Checks the signature over the bytes as they came, then reads them. */
  verifyCallback(headers: IncomingHttpHeaders, rawBody: Buffer | string): Answer<TrackingUpdate>;
  close(): Promise<void>;
}
