import { z } from 'zod';
import {
  believe,
  cheapestFirst,
  currency,
  done,
  eventsOf,
  link,
  malformed,
  money,
  refused,
  time,
  word,
} from './answers.ts';
import type { Address, Answer, Label, RefusalCode, TrackingStatus } from './carrier.ts';
import type { Connection, Reply } from './connection.ts';
import { fromXml, toXml } from './dhl-xml.ts';
import { CarrierFailure } from './failure.ts';
import type { CarrierAccount } from './settings.ts';
import type { CarrierWire } from './wire.ts';

const amount = z.string().max(20);
const quoteReply = z.object({
  DCTResponse: z.object({
    GetQuoteResponse: z.object({
      BkgDetails: z.object({
        QtdShp: z
          .array(
            z.object({
              GlobalProductCode: word,
              ProductShortName: word,
              CurrencyCode: currency,
              ShippingCharge: amount,
              TotalTransitDays: z.string().regex(/^\d{1,3}$/),
            }),
          )
          .min(1),
      }),
    }),
  }),
});
const label = z.object({
  AirwayBillNumber: word,
  Reference: z.object({ ReferenceID: word }),
  GlobalProductCode: word,
  CurrencyCode: currency,
  ShippingCharge: amount,
  LabelImage: z.object({ OutputURL: link }),
});
const shipReply = z.object({ ShipmentResponse: label });
const findReply = z.object({ ShipmentLookupResponse: label });
const cancelReply = z.object({
  ShipmentCancelResponse: z.object({ AWBNumber: word, ActionStatus: z.literal('Success') }),
});
const event = z.object({
  Date: z.iso.date(),
  Time: z.string().regex(/^\d\d:\d\d:\d\d$/),
  ServiceEvent: z.object({ EventCode: word, Description: word }),
});
const AWBInfo = z.object({
  AWBNumber: word,
  // An element without content reads as an empty text.
  ShipmentInfo: z.union([z.literal(''), z.object({ ShipmentEvent: z.array(event).max(1_000).default([]) })]),
});
const trackReply = z.object({ TrackingResponse: z.object({ AWBInfo }) });
const callback = z.object({ ShipmentEventNotification: z.object({ AWBInfo }) });
const problem = z.object({
  ErrorResponse: z.object({
    Response: z.object({
      Status: z.object({
        ActionStatus: z.literal('Error'),
        Condition: z.object({ ConditionCode: word, ConditionData: z.string() }),
      }),
    }),
  }),
});

const vocabulary: Readonly<Record<string, TrackingStatus>> = {
  PU: 'PICKED_UP',
  DF: 'IN_TRANSIT',
  AF: 'IN_TRANSIT',
  PL: 'IN_TRANSIT',
  WC: 'OUT_FOR_DELIVERY',
  OK: 'DELIVERED',
  NH: 'EXCEPTION',
  BA: 'EXCEPTION',
};
const AWAY = '5000';
const DENIED = '100';
const refusals: Readonly<Record<string, RefusalCode>> = {
  '111': 'INVALID_REQUEST',
  SVC004: 'ADDRESS_UNDELIVERABLE',
  PLT008: 'PARCEL_TOO_HEAVY',
  PLT029: 'REFERENCE_IN_USE',
  PIC012: 'ALREADY_PICKED_UP',
  '209': 'NOT_FOUND',
};

/** DHL: XML at one address; refusals come with status 200. */
export function dhl(connection: Connection, account: CarrierAccount, shipFrom: Address): CarrierWire {
  function call(root: string, content: object, signal: AbortSignal): Promise<Reply> {
    const headers = { 'content-type': 'text/xml; charset=utf-8' };
    const body = toXml({ [root]: content });
    return connection.send({ method: 'POST', path: '/XMLShippingServlet', headers, body }, signal);
  }

  const Request = { ServiceHeader: { SiteID: account.clientId, Password: account.secret } };

  return {
    code: 'DHL',
    async quote({ to, weightGrams }, signal) {
      const BkgDetails = { WeightUnit: 'KG', ShipmentWeight: weightGrams / 1_000 };
      const GetQuote = { Request, From: placeOf(shipFrom), To: placeOf(to), BkgDetails };
      return read(await call('DCTRequest', { GetQuote }, signal), (value) =>
        cheapestFirst(
          believe(quoteReply, value).DCTResponse.GetQuoteResponse.BkgDetails.QtdShp.map((quoted) => ({
            service: quoted.GlobalProductCode,
            serviceName: quoted.ProductShortName,
            price: money(quoted.ShippingCharge, quoted.CurrencyCode),
            transitDays: Number(quoted.TotalTransitDays),
          })),
        ),
      );
    },
    async buyLabel({ shipmentId, parcel: { to, weightGrams }, service }, signal) {
      const content = {
        Request,
        Reference: { ReferenceID: shipmentId },
        Shipper: partyOf(shipFrom),
        Consignee: partyOf(to),
        ShipmentDetails: { GlobalProductCode: service, WeightUnit: 'K', Weight: weightGrams / 1_000 },
        LabelImageFormat: 'ZPL2',
      };
      return read(await call('ShipmentRequest', content, signal), (value) =>
        labelOf(believe(shipReply, value).ShipmentResponse, shipmentId),
      );
    },
    async findLabel(shipmentId, signal) {
      const content = { Request, ReferenceID: shipmentId };
      const answer = read(await call('ShipmentLookupRequest', content, signal), (value) =>
        labelOf(believe(findReply, value).ShipmentLookupResponse, shipmentId),
      );
      return answer.kind === 'REFUSED' && answer.code === 'NOT_FOUND' ? done(null) : answer;
    },
    async track(trackingNumber, signal) {
      const content = { Request, AWBNumber: trackingNumber };
      return read(await call('KnownTrackingRequest', content, signal), (value) => {
        const update = updateOf(believe(trackReply, value).TrackingResponse.AWBInfo);
        if (update.trackingNumber !== trackingNumber) throw malformed('events of another parcel');
        return update.events;
      });
    },
    async cancelLabel(trackingNumber, signal) {
      const content = { Request, AWBNumber: trackingNumber };
      return read(await call('ShipmentCancelRequest', content, signal), (value) => {
        const { AWBNumber } = believe(cancelReply, value).ShipmentCancelResponse;
        if (AWBNumber !== trackingNumber) throw malformed('the end of another label');
        return null;
      });
    },
    readCallback: (body) => updateOf(believe(callback, fromXml(body)).ShipmentEventNotification.AWBInfo),
    close: () => connection.close(),
  };
}

function read<T>({ status, text }: Reply, readDone: (value: unknown) => T): Answer<T> {
  if (status === 429) throw new CarrierFailure('AWAY', 'too many calls');
  if (status !== 200 && status !== 503) throw new CarrierFailure('FAULT', `DHL answered ${status}`);
  const value = fromXml(text);
  if (!('ErrorResponse' in value)) {
    if (status !== 200) throw new CarrierFailure('FAULT', `DHL answered ${status}`);
    return done(readDone(value));
  }
  const { ConditionCode, ConditionData } = believe(problem, value).ErrorResponse.Response.Status.Condition;
  if (ConditionCode === AWAY) throw new CarrierFailure('AWAY', 'DHL is away');
  if (ConditionCode === DENIED) throw new CarrierFailure('DENIED', 'DHL does not accept the credentials');
  return refused(refusals[ConditionCode] ?? 'CARRIER_REFUSED', `${ConditionCode} ${ConditionData}`);
}

function labelOf(bought: z.infer<typeof label>, shipmentId: string): Label {
  if (bought.Reference.ReferenceID !== shipmentId) throw malformed('a label of another shipment');
  return {
    trackingNumber: bought.AirwayBillNumber,
    service: bought.GlobalProductCode,
    price: money(bought.ShippingCharge, bought.CurrencyCode),
    labelUrl: bought.LabelImage.OutputURL,
  };
}

function updateOf({ AWBNumber, ShipmentInfo }: z.infer<typeof AWBInfo>) {
  const scans = (ShipmentInfo === '' ? [] : ShipmentInfo.ShipmentEvent).map(
    ({ Date: day, Time: clock, ServiceEvent }) => ({
      code: ServiceEvent.EventCode,
      at: time(`${day}T${clock}Z`),
      detail: ServiceEvent.Description,
    }),
  );
  return { trackingNumber: AWBNumber, events: eventsOf(scans, vocabulary) };
}

const placeOf = ({ country, postalCode }: Address) => ({ CountryCode: country, PostalCode: postalCode });
const partyOf = ({ name, line1, city, ...place }: Address) => ({
  ...{ PersonName: name, AddressLine: line1, City: city },
  ...placeOf(place as Address),
});
