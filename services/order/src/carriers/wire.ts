import type {
  Answer,
  CarrierCode,
  Label,
  Parcel,
  Quote,
  ShipmentOrder,
  TrackingEvent,
  TrackingUpdate,
} from './carrier.ts';

/**
 * One carrier's own language: each call is made once, and throws CarrierFailure where there is no usable answer. Time limits,
 * repeats and the breaker are put around it by `reliable.ts`.
 */
export interface CarrierWire {
  readonly code: CarrierCode;
  quote(parcel: Parcel, signal: AbortSignal): Promise<Answer<readonly Quote[]>>;
  buyLabel(shipment: ShipmentOrder, signal: AbortSignal): Promise<Answer<Label>>;
  findLabel(shipmentId: string, signal: AbortSignal): Promise<Answer<Label | null>>;
  track(trackingNumber: string, signal: AbortSignal): Promise<Answer<readonly TrackingEvent[]>>;
  cancelLabel(trackingNumber: string, signal: AbortSignal): Promise<Answer<null>>;
  /** @throws CarrierFailure MALFORMED */
  readCallback(body: string): TrackingUpdate;
  close(): Promise<void>;
}
