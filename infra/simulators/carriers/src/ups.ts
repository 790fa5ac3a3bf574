import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CarrierFault, type Label, type Stage, type TrackingEvent } from '#carrier.ts';
import { country, gramsOf, parse, postalCode, reference, trackingNumber } from '#requests.ts';
import type { Answer } from '#treatment.ts';
import type { CarrierParts } from '#wire.ts';

const party = z
  .object({ Address: z.object({ PostalCode: postalCode, CountryCode: country }).loose() })
  .loose();
const shipment = z
  .object({
    Shipper: party.extend({ ShipperNumber: z.string().min(1) }),
    ShipTo: party,
    Package: z
      .array(
        z
          .object({
            PackageWeight: z.object({
              UnitOfMeasurement: z.object({ Code: z.literal('KGS') }),
              Weight: z.string(),
            }),
          })
          .loose(),
      )
      .length(1),
  })
  .loose();
const rateRequest = z.object({ RateRequest: z.object({ Shipment: shipment }).loose() });
const shipRequest = z.object({
  ShipmentRequest: z
    .object({
      Shipment: shipment.extend({
        Service: z.object({ Code: z.string() }),
        ReferenceNumber: z.object({ Value: reference }),
      }),
      LabelSpecification: z.object({ LabelImageFormat: z.object({ Code: z.literal('ZPL') }) }),
    })
    .loose(),
});
const findQuery = z.object({ referenceNumber: reference });
const path = z.object({ trackingNumber });

const words: Readonly<Record<Stage, readonly [type: string, description: string]>> = {
  PICKED_UP: ['P', 'Pickup Scan'],
  IN_TRANSIT: ['I', 'Departed from Facility'],
  OUT_FOR_DELIVERY: ['O', 'Out For Delivery Today'],
  DELIVERED: ['D', 'DELIVERED'],
  EXCEPTION: ['X', 'The address is incomplete'],
};

const refusals: Readonly<Record<CarrierFault['code'], readonly [status: number, code: string]>> = {
  INVALID: [400, '9100001'],
  NOT_AUTHORIZED: [401, '250003'],
  UNDELIVERABLE: [400, '111210'],
  TOO_HEAVY: [400, '111035'],
  REFERENCE_IN_USE: [400, '120908'],
  NOT_FOUND: [404, '151018'],
  PICKED_UP_ALREADY: [400, '190102'],
  AWAY: [503, '10003'],
};

/** UPS: nested JSON with the operation's name around it, credentials in headers of each call. */
export function registerUps(
  app: FastifyInstance,
  { desk, treatment, account, documentUrl }: CarrierParts,
): void {
  const treat = treatment(({ code, message }) => {
    const [status, number] = refusals[code];
    return json(status, { response: { errors: [{ code: number, message }] } });
  });

  function authorize({ headers }: FastifyRequest): void {
    if (headers['accesslicensenumber'] !== account.secret || headers['username'] !== account.clientId) {
      throw new CarrierFault('NOT_AUTHORIZED', 'Invalid Access License number');
    }
  }

  app.post('/ups/api/rating/v2409/Shop', (request, reply) =>
    treat(reply, 'QUOTE', () => {
      authorize(request);
      const { Shipment } = parse(rateRequest, request.body).RateRequest;
      const RatedShipment = desk
        .quote(parcelOf(Shipment))
        .map(({ service, name, price, currency, days }) => ({
          Service: { Code: service, Description: name },
          TotalCharges: { CurrencyCode: currency, MonetaryValue: price },
          GuaranteedDelivery: { BusinessDaysInTransit: String(days) },
        }));
      return json(200, { RateResponse: { Response: success, RatedShipment } });
    }),
  );

  app.post('/ups/api/shipments/v2409/ship', (request, reply) =>
    treat(reply, 'BUY', (call) => {
      authorize(request);
      const { Shipment } = parse(shipRequest, request.body).ShipmentRequest;
      call.reference = Shipment.ReferenceNumber.Value;
      const label = desk.buy(call.reference, parcelOf(Shipment), Shipment.Service.Code, Shipment);
      call.trackingNumber = label.trackingNumber;
      return bought(label, documentUrl(request, label));
    }),
  );

  app.get('/ups/api/shipments/v2409/ship', (request, reply) =>
    treat(reply, 'FIND', (call) => {
      authorize(request);
      call.reference = parse(findQuery, request.query).referenceNumber;
      const label = desk.find(call.reference);
      return bought(label, documentUrl(request, label));
    }),
  );

  app.delete('/ups/api/shipments/v2409/void/cancel/:trackingNumber', (request, reply) =>
    treat(reply, 'CANCEL', (call) => {
      authorize(request);
      call.trackingNumber = parse(path, request.params).trackingNumber;
      desk.cancel(call.trackingNumber);
      const SummaryResult = { Status: { Code: '1', Description: 'Voided' } };
      return json(200, { VoidShipmentResponse: { Response: success, SummaryResult } });
    }),
  );

  app.get('/ups/api/track/v1/details/:trackingNumber', (request, reply) =>
    treat(reply, 'TRACK', (call) => {
      authorize(request);
      call.trackingNumber = parse(path, request.params).trackingNumber;
      const { label, events } = desk.track(call.trackingNumber);
      const parcel = { trackingNumber: label.trackingNumber, activity: events.map(activityOf) };
      const shipments = [{ inquiryNumber: label.trackingNumber, package: [parcel] }];
      return json(200, { trackResponse: { shipment: shipments } });
    }),
  );
}

/** What UPS posts about an event. */
export const upsCallback = ({ trackingNumber: number }: Label, event: TrackingEvent) => {
  const { gmtDate, gmtTime, status } = activityOf(event);
  const activity = { trackingNumber: number, gmtActivityDate: gmtDate, gmtActivityTime: gmtTime };
  return { type: 'application/json', body: JSON.stringify({ ...activity, activityStatus: status }) };
};

function activityOf({ stage, at }: TrackingEvent) {
  const [type, description] = words[stage];
  const [date = '', time = ''] = new Date(at).toISOString().split(/[T.]/);
  return { status: { type, description }, gmtDate: date.replaceAll('-', ''), gmtTime: time };
}

function bought({ trackingNumber: number, service, reference: value, price, currency }: Label, url: string) {
  const ShipmentResults = {
    ShipmentIdentificationNumber: number,
    Service: { Code: service },
    ReferenceNumber: { Value: value },
    ShipmentCharges: { TotalCharges: { CurrencyCode: currency, MonetaryValue: price } },
    PackageResults: [{ TrackingNumber: number }],
    LabelURL: url,
  };
  return json(200, { ShipmentResponse: { Response: success, ShipmentResults } });
}

function parcelOf({ Shipper, ShipTo, Package: [parcel] }: z.infer<typeof shipment>) {
  const place = ({ Address }: z.infer<typeof party>) => ({
    country: Address.CountryCode,
    postalCode: Address.PostalCode,
  });
  return { from: place(Shipper), to: place(ShipTo), grams: gramsOf(parcel?.PackageWeight.Weight ?? 0) };
}

const success = { ResponseStatus: { Code: '1', Description: 'Success' } };
const json = (status: number, body: object): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
});
