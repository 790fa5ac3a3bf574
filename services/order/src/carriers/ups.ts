import { z } from 'zod';
import {
  believe,
  cheapestFirst,
  currency,
  done,
  eventsOf,
  fromJson,
  link,
  malformed,
  money,
  refused,
  time,
  word,
} from './answers.ts';
import type { Address, Answer, Label, Parcel, RefusalCode, TrackingStatus } from './carrier.ts';
import type { CarrierRequest, Connection, Reply } from './connection.ts';
import { CarrierFailure } from './failure.ts';
import type { CarrierAccount } from './settings.ts';
import type { CarrierWire } from './wire.ts';

const charges = z.object({ CurrencyCode: currency, MonetaryValue: z.string().max(20) });
const success = z.object({ ResponseStatus: z.object({ Code: z.literal('1') }) });
const rateReply = z.object({
  RateResponse: z.object({
    Response: success,
    RatedShipment: z
      .array(
        z.object({
          Service: z.object({ Code: word, Description: word }),
          TotalCharges: charges,
          GuaranteedDelivery: z.object({ BusinessDaysInTransit: z.string().regex(/^\d{1,3}$/) }),
        }),
      )
      .min(1),
  }),
});
const shipReply = z.object({
  ShipmentResponse: z.object({
    Response: success,
    ShipmentResults: z.object({
      ShipmentIdentificationNumber: word,
      Service: z.object({ Code: word }),
      ReferenceNumber: z.object({ Value: word }),
      ShipmentCharges: z.object({ TotalCharges: charges }),
      LabelURL: link,
    }),
  }),
});
const voidReply = z.object({
  VoidShipmentResponse: z.object({
    SummaryResult: z.object({ Status: z.object({ Code: z.literal('1') }) }),
  }),
});
const gmtDate = z.string().regex(/^\d{8}$/);
const gmtTime = z.string().regex(/^\d\d:\d\d:\d\d$/);
const status = z.object({ type: word, description: word });
const trackReply = z.object({
  trackResponse: z.object({
    shipment: z
      .array(
        z.object({
          package: z
            .array(
              z.object({
                trackingNumber: word,
                activity: z.array(z.object({ status, gmtDate, gmtTime })).max(1_000),
              }),
            )
            .length(1),
        }),
      )
      .length(1),
  }),
});
const callback = z.object({
  trackingNumber: word,
  gmtActivityDate: gmtDate,
  gmtActivityTime: gmtTime,
  activityStatus: status,
});
const problem = z.object({
  response: z.object({ errors: z.array(z.object({ code: word, message: z.string() })).min(1) }),
});

const vocabulary: Readonly<Record<string, TrackingStatus>> = {
  P: 'PICKED_UP',
  I: 'IN_TRANSIT',
  O: 'OUT_FOR_DELIVERY',
  D: 'DELIVERED',
  X: 'EXCEPTION',
};
const refusals: Readonly<Record<string, RefusalCode>> = {
  '9100001': 'INVALID_REQUEST',
  '111210': 'ADDRESS_UNDELIVERABLE',
  '111035': 'PARCEL_TOO_HEAVY',
  '120908': 'REFERENCE_IN_USE',
  '190102': 'ALREADY_PICKED_UP',
  '151018': 'NOT_FOUND',
};
const AWAY = '10003';

/** UPS: nested JSON, with the credentials in the headers of each call. */
export function ups(connection: Connection, account: CarrierAccount, shipFrom: Address): CarrierWire {
  function call(method: CarrierRequest['method'], path: string, signal: AbortSignal, body?: object) {
    const headers = {
      ...{ AccessLicenseNumber: account.secret, Username: account.clientId, transactionSrc: 'tradewind' },
      ...(body ? { 'content-type': 'application/json' } : {}),
    };
    return connection.send(
      { method, path, headers, ...(body ? { body: JSON.stringify(body) } : {}) },
      signal,
    );
  }

  const shipmentOf = ({ to, weightGrams }: Parcel) => ({
    Shipper: { ...partyOf(shipFrom), ShipperNumber: account.clientId },
    ShipTo: partyOf(to),
    Package: [
      {
        Packaging: { Code: '02' },
        PackageWeight: { UnitOfMeasurement: { Code: 'KGS' }, Weight: String(weightGrams / 1_000) },
      },
    ],
  });

  return {
    code: 'UPS',
    async quote(parcel, signal) {
      const body = { RateRequest: { Request: { RequestOption: 'Shop' }, Shipment: shipmentOf(parcel) } };
      return read(await call('POST', '/api/rating/v2409/Shop', signal, body), (value) =>
        cheapestFirst(
          believe(rateReply, value).RateResponse.RatedShipment.map((rate) => ({
            service: rate.Service.Code,
            serviceName: rate.Service.Description,
            price: money(rate.TotalCharges.MonetaryValue, rate.TotalCharges.CurrencyCode),
            transitDays: Number(rate.GuaranteedDelivery.BusinessDaysInTransit),
          })),
        ),
      );
    },
    async buyLabel({ shipmentId, parcel, service }, signal) {
      const Shipment = {
        ...shipmentOf(parcel),
        Service: { Code: service },
        ReferenceNumber: { Value: shipmentId },
      };
      const LabelSpecification = { LabelImageFormat: { Code: 'ZPL' } };
      const body = { ShipmentRequest: { Shipment, LabelSpecification } };
      return read(await call('POST', '/api/shipments/v2409/ship', signal, body), (value) =>
        labelOf(value, shipmentId),
      );
    },
    async findLabel(shipmentId, signal) {
      const path = `/api/shipments/v2409/ship?referenceNumber=${encodeURIComponent(shipmentId)}`;
      const answer = read(await call('GET', path, signal), (value) => labelOf(value, shipmentId));
      return answer.kind === 'REFUSED' && answer.code === 'NOT_FOUND' ? done(null) : answer;
    },
    async track(trackingNumber, signal) {
      const path = `/api/track/v1/details/${encodeURIComponent(trackingNumber)}`;
      return read(await call('GET', path, signal), (value) => {
        const parcel = believe(trackReply, value).trackResponse.shipment[0]?.package[0];
        if (parcel?.trackingNumber !== trackingNumber) throw malformed('events of another parcel');
        return eventsOf(
          parcel.activity.map((it) => scanOf(it.status, it.gmtDate, it.gmtTime)),
          vocabulary,
        );
      });
    },
    async cancelLabel(trackingNumber, signal) {
      const path = `/api/shipments/v2409/void/cancel/${encodeURIComponent(trackingNumber)}`;
      return read(await call('DELETE', path, signal), (value) => {
        believe(voidReply, value);
        return null;
      });
    },
    readCallback(body) {
      const said = believe(callback, fromJson(body));
      const scan = scanOf(said.activityStatus, said.gmtActivityDate, said.gmtActivityTime);
      return { trackingNumber: said.trackingNumber, events: eventsOf([scan], vocabulary) };
    },
    close: () => connection.close(),
  };
}

function read<T>({ status: httpStatus, text }: Reply, readDone: (value: unknown) => T): Answer<T> {
  if (httpStatus === 200) return done(readDone(fromJson(text)));
  if (httpStatus === 401 || httpStatus === 403) {
    throw new CarrierFailure('DENIED', 'UPS does not accept the credentials');
  }
  if (httpStatus === 429) throw new CarrierFailure('AWAY', 'too many calls');
  const { data } = problem.safeParse(httpStatus < 500 || httpStatus === 503 ? fromJson(text) : undefined);
  const [error] = data?.response.errors ?? [];
  if (httpStatus === 503 && error?.code === AWAY) throw new CarrierFailure('AWAY', 'UPS is away');
  if (!error || httpStatus >= 500 || httpStatus < 400) {
    throw new CarrierFailure('FAULT', `UPS answered ${httpStatus}`);
  }
  return refused(refusals[error.code] ?? 'CARRIER_REFUSED', `${error.code} ${error.message}`);
}

function labelOf(value: unknown, shipmentId: string): Label {
  const bought = believe(shipReply, value).ShipmentResponse.ShipmentResults;
  if (bought.ReferenceNumber.Value !== shipmentId) throw malformed('a label of another shipment');
  const { TotalCharges } = bought.ShipmentCharges;
  return {
    trackingNumber: bought.ShipmentIdentificationNumber,
    service: bought.Service.Code,
    price: money(TotalCharges.MonetaryValue, TotalCharges.CurrencyCode),
    labelUrl: bought.LabelURL,
  };
}

function scanOf({ type, description }: z.infer<typeof status>, date: string, clock: string) {
  const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
  return { code: type, at: time(`${day}T${clock}Z`), detail: description };
}

const partyOf = ({ name, line1, city, postalCode, country }: Address) => ({
  Name: name,
  Address: { AddressLine: [line1], City: city, PostalCode: postalCode, CountryCode: country },
});
