import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CarrierFault, type Label, type Stage, type TrackingEvent } from '#carrier.ts';
import type { Call } from '#calls.ts';
import type { Operation } from '#knobs.ts';
import { country, gramsOf, parse, postalCode, reference, trackingNumber } from '#requests.ts';
import type { Answer } from '#treatment.ts';
import type { CarrierParts } from '#wire.ts';
import { fromXml, toXml } from '#xml.ts';

const Request = z.object({ ServiceHeader: z.object({ SiteID: z.string(), Password: z.string() }).loose() });
const place = z.object({ CountryCode: country, PostalCode: postalCode }).loose();
const quoteRequest = z.object({
  Request,
  From: place,
  To: place,
  BkgDetails: z.object({ WeightUnit: z.literal('KG'), ShipmentWeight: z.string() }).loose(),
});
const shipmentRequest = z.object({
  Request,
  Reference: z.object({ ReferenceID: reference }),
  Shipper: place,
  Consignee: place,
  ShipmentDetails: z
    .object({ GlobalProductCode: z.string(), WeightUnit: z.literal('K'), Weight: z.string() })
    .loose(),
  LabelImageFormat: z.literal('ZPL2'),
});
const findRequest = z.object({ Request, ReferenceID: reference });
const numberRequest = z.object({ Request, AWBNumber: trackingNumber });

const words: Readonly<Record<Stage, readonly [code: string, description: string]>> = {
  PICKED_UP: ['PU', 'Shipment picked up'],
  IN_TRANSIT: ['DF', 'Departed Facility'],
  OUT_FOR_DELIVERY: ['WC', 'With delivery courier'],
  DELIVERED: ['OK', 'Delivered'],
  EXCEPTION: ['NH', 'Not Home'],
};

const conditions: Readonly<Record<CarrierFault['code'], string>> = {
  INVALID: '111',
  NOT_AUTHORIZED: '100',
  UNDELIVERABLE: 'SVC004',
  TOO_HEAVY: 'PLT008',
  REFERENCE_IN_USE: 'PLT029',
  NOT_FOUND: '209',
  PICKED_UP_ALREADY: 'PIC012',
  AWAY: '5000',
};

const requests: Readonly<Record<string, Operation>> = {
  DCTRequest: 'QUOTE',
  ShipmentRequest: 'BUY',
  ShipmentLookupRequest: 'FIND',
  KnownTrackingRequest: 'TRACK',
  ShipmentCancelRequest: 'CANCEL',
};

/** DHL: XML at one address, the root element says what is wanted, and refusals come with status 200. */
export function registerDhl(
  app: FastifyInstance,
  { desk, treatment, account, now, documentUrl }: CarrierParts,
): void {
  const treat = treatment(({ code, message }) => {
    const Condition = { ConditionCode: conditions[code], ConditionData: message };
    return xml(
      { ErrorResponse: { Response: { Status: { ActionStatus: 'Error', Condition } } } },
      code === 'AWAY' ? 503 : 200,
    );
  });

  function authorize({ ServiceHeader: { SiteID, Password } }: z.infer<typeof Request>): void {
    if (SiteID !== account.clientId || Password !== account.secret) {
      throw new CarrierFault('NOT_AUTHORIZED', 'Site ID or password is not valid');
    }
  }

  function answer(operation: Operation, body: unknown, call: Call, urlOf: (label: Label) => string): Answer {
    switch (operation) {
      case 'QUOTE': {
        const {
          Request: asked,
          From,
          To,
          BkgDetails,
        } = parse(z.object({ GetQuote: quoteRequest }), body).GetQuote;
        authorize(asked);
        const parcel = parcelOf(From, To, BkgDetails.ShipmentWeight);
        const QtdShp = desk.quote(parcel).map(({ service, name, price, currency, days }) => ({
          GlobalProductCode: service,
          ProductShortName: name,
          CurrencyCode: currency,
          ShippingCharge: price,
          TotalTransitDays: days,
        }));
        return xml({
          DCTResponse: { GetQuoteResponse: { Response: header(now()), BkgDetails: { QtdShp } } },
        });
      }
      case 'BUY': {
        const { Request: asked, ...wanted } = parse(shipmentRequest, body);
        authorize(asked);
        const { Reference, Shipper, Consignee, ShipmentDetails } = wanted;
        call.reference = Reference.ReferenceID;
        const parcel = parcelOf(Shipper, Consignee, ShipmentDetails.Weight);
        const label = desk.buy(call.reference, parcel, ShipmentDetails.GlobalProductCode, wanted);
        call.trackingNumber = label.trackingNumber;
        return xml({ ShipmentResponse: bought(label, urlOf(label), now()) });
      }
      case 'FIND': {
        const { Request: asked, ReferenceID } = parse(findRequest, body);
        authorize(asked);
        call.reference = ReferenceID;
        const label = desk.find(ReferenceID);
        return xml({ ShipmentLookupResponse: bought(label, urlOf(label), now()) });
      }
      case 'TRACK': {
        const { Request: asked, AWBNumber } = parse(numberRequest, body);
        authorize(asked);
        call.trackingNumber = AWBNumber;
        const { label, events } = desk.track(AWBNumber);
        return xml({ TrackingResponse: { Response: header(now()), AWBInfo: infoOf(label, events) } });
      }
      case 'CANCEL': {
        const { Request: asked, AWBNumber } = parse(numberRequest, body);
        authorize(asked);
        call.trackingNumber = AWBNumber;
        desk.cancel(AWBNumber);
        return xml({
          ShipmentCancelResponse: { Response: header(now()), AWBNumber, ActionStatus: 'Success' },
        });
      }
      case 'TOKEN':
        throw new CarrierFault('INVALID', 'there are no tokens');
      default:
        return operation satisfies never;
    }
  }

  app.post('/dhl/XMLShippingServlet', (request, reply) => {
    const text = typeof request.body === 'string' ? request.body : '';
    const root = /<(?:\w+:)?(\w+Request)[\s>]/.exec(text)?.[1] ?? '';
    return treat(reply, requests[root] ?? 'QUOTE', (call) => {
      const body = fromXml(text)[root];
      return answer(call.operation, body, call, (label) => documentUrl(request, label));
    });
  });
}

/** What DHL posts about an event. */
export const dhlCallback = (label: Label, event: TrackingEvent) => ({
  type: 'text/xml; charset=utf-8',
  body: toXml({ ShipmentEventNotification: { AWBInfo: infoOf(label, [event]) } }),
});

const infoOf = ({ trackingNumber: number }: Label, events: readonly TrackingEvent[]) => ({
  AWBNumber: number,
  Status: { ActionStatus: 'success' },
  ShipmentInfo: { ShipmentEvent: events.map(eventOf) },
});

function eventOf({ stage, at }: TrackingEvent) {
  const [EventCode, Description] = words[stage];
  const [day, time] = new Date(at).toISOString().split(/[T.]/);
  return { Date: day, Time: time, ServiceEvent: { EventCode, Description } };
}

const bought = (
  { trackingNumber: number, service, reference: ReferenceID, price, currency }: Label,
  url: string,
  at: number,
) => ({
  Response: header(at),
  AirwayBillNumber: number,
  Reference: { ReferenceID },
  GlobalProductCode: service,
  CurrencyCode: currency,
  ShippingCharge: price,
  LabelImage: { OutputFormat: 'ZPL2', OutputURL: url },
});

const header = (at: number) => ({ ServiceHeader: { MessageTime: new Date(at).toISOString() } });

const parcelOf = (from: z.infer<typeof place>, to: z.infer<typeof place>, kilos: string) => ({
  from: { country: from.CountryCode, postalCode: from.PostalCode },
  to: { country: to.CountryCode, postalCode: to.PostalCode },
  grams: gramsOf(kilos),
});

const xml = (root: object, status = 200): Answer => ({
  status,
  type: 'text/xml; charset=utf-8',
  body: toXml(root),
});
