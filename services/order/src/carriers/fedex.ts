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
import { fedexToken } from './fedex-token.ts';
import type { CarrierAccount } from './settings.ts';
import type { CarrierWire } from './wire.ts';

const price = z.number().nonnegative();
const rateReply = z.object({
  output: z.object({
    rateReplyDetails: z
      .array(
        z.object({
          serviceType: word,
          serviceName: word,
          ratedShipmentDetails: z
            .array(z.object({ rateType: word, totalNetCharge: price, currency }))
            .length(1),
          commit: z.object({ transitDays: z.object({ minimumTransitTime: z.int().min(0).max(365) }) }),
        }),
      )
      .min(1),
  }),
});
const piece = z.object({
  trackingNumber: word,
  customerReferences: z.array(z.object({ value: word })).length(1),
  netChargeAmount: price,
  currency,
  packageDocuments: z.array(z.object({ contentType: z.literal('LABEL'), url: link })).length(1),
});
const shipReply = z.object({
  output: z.object({
    transactionShipments: z
      .array(
        z.object({
          masterTrackingNumber: word,
          serviceType: word,
          pieceResponses: z.array(piece).length(1),
        }),
      )
      .length(1),
  }),
});
const scan = z.object({ date: z.iso.datetime({ offset: true }), eventType: word, eventDescription: word });
const trackOutput = z.object({
  completeTrackResults: z
    .array(
      z.object({
        trackingNumber: word,
        trackResults: z.array(z.object({ scanEvents: z.array(scan).max(1_000) })).length(1),
      }),
    )
    .length(1),
});
const trackReply = z.object({ output: trackOutput });
const cancelReply = z.object({ output: z.object({ cancelledShipment: z.literal(true) }) });
const callback = z.object({ eventType: z.literal('TRACK_UPDATE'), output: trackOutput });
const problem = z.object({ errors: z.array(z.object({ code: word, message: z.string() })).min(1) });

const vocabulary: Readonly<Record<string, TrackingStatus>> = {
  PU: 'PICKED_UP',
  IT: 'IN_TRANSIT',
  AR: 'IN_TRANSIT',
  DP: 'IN_TRANSIT',
  OD: 'OUT_FOR_DELIVERY',
  DL: 'DELIVERED',
  DE: 'EXCEPTION',
};
const NOT_FOUND = 'TRACKING.TRACKINGNUMBER.NOTFOUND';
const refusals: Readonly<Record<string, RefusalCode>> = {
  'INVALID.INPUT.EXCEPTION': 'INVALID_REQUEST',
  'RECIPIENT.ADDRESS.UNDELIVERABLE': 'ADDRESS_UNDELIVERABLE',
  'PACKAGE.WEIGHT.EXCEEDED': 'PARCEL_TOO_HEAVY',
  'CUSTOMER.REFERENCE.DUPLICATE': 'REFERENCE_IN_USE',
  'SHIPMENT.CANCEL.NOTALLOWED': 'ALREADY_PICKED_UP',
  [NOT_FOUND]: 'NOT_FOUND',
};

/** FedEx: JSON with bearer tokens. */
export function fedex(connection: Connection, account: CarrierAccount, shipFrom: Address): CarrierWire {
  const token = fedexToken(connection, account);
  const accountNumber = { value: account.clientId };

  async function call(method: CarrierRequest['method'], path: string, body: object, signal: AbortSignal) {
    const send = async (): Promise<Reply> => {
      const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${await token.get(signal)}`,
      };
      return connection.send({ method, path, headers, body: JSON.stringify(body) }, signal);
    };
    const reply = await send();
    if (reply.status !== 401) return reply;
    // The carrier may end a token early. A request that was not let in has done nothing.
    token.drop();
    return send();
  }

  const shipmentOf = ({ to, weightGrams }: Parcel) => ({
    shipper: partyOf(shipFrom),
    recipients: [partyOf(to)],
    requestedPackageLineItems: [{ weight: { units: 'KG', value: weightGrams / 1_000 } }],
  });

  return {
    code: 'FEDEX',
    async quote(parcel, signal) {
      const { recipients, ...rest } = shipmentOf(parcel);
      const requestedShipment = { ...rest, recipient: recipients[0], rateRequestType: ['ACCOUNT'] };
      const body = { accountNumber, requestedShipment };
      return read(await call('POST', '/rate/v1/rates/quotes', body, signal), (value) =>
        cheapestFirst(
          believe(rateReply, value).output.rateReplyDetails.map((rate) => {
            const [charge] = rate.ratedShipmentDetails;
            return {
              service: rate.serviceType,
              serviceName: rate.serviceName,
              price: money(charge?.totalNetCharge ?? '', charge?.currency ?? ''),
              transitDays: rate.commit.transitDays.minimumTransitTime,
            };
          }),
        ),
      );
    },
    async buyLabel({ shipmentId, parcel, service }, signal) {
      const customerReferences = [{ customerReferenceType: 'CUSTOMER_REFERENCE', value: shipmentId }];
      const requestedShipment = { ...shipmentOf(parcel), serviceType: service, customerReferences };
      const body = { accountNumber, labelResponseOptions: 'URL_ONLY', requestedShipment };
      return read(await call('POST', '/ship/v1/shipments', body, signal), (value) =>
        labelOf(value, shipmentId),
      );
    },
    async findLabel(shipmentId, signal) {
      const body = { accountNumber, customerReference: shipmentId };
      const answer = read(await call('POST', '/ship/v1/shipments/results', body, signal), (value) =>
        labelOf(value, shipmentId),
      );
      return answer.kind === 'REFUSED' && answer.code === 'NOT_FOUND' ? done(null) : answer;
    },
    async track(trackingNumber, signal) {
      const trackingInfo = [{ trackingNumberInfo: { trackingNumber } }];
      const body = { includeDetailedScans: true, trackingInfo };
      return read(await call('POST', '/track/v1/trackingnumbers', body, signal), (value) => {
        const update = updateOf(believe(trackReply, value).output);
        if (update.trackingNumber !== trackingNumber) throw malformed('events of another parcel');
        return update.events;
      });
    },
    async cancelLabel(trackingNumber, signal) {
      const body = { accountNumber, trackingNumber, deletionControl: 'DELETE_ALL_PACKAGES' };
      return read(await call('PUT', '/ship/v1/shipments/cancel', body, signal), (value) => {
        believe(cancelReply, value);
        return null;
      });
    },
    readCallback: (body) => updateOf(believe(callback, fromJson(body)).output),
    close: () => connection.close(),
  };
}

function read<T>({ status, text }: Reply, readDone: (value: unknown) => T): Answer<T> {
  if (status === 200) return done(readDone(fromJson(text)));
  if (status === 401) throw new CarrierFailure('DENIED', 'FedEx does not accept the credentials');
  if (status === 429) throw new CarrierFailure('AWAY', 'too many calls');
  const { data } = problem.safeParse(status < 500 || status === 503 ? fromJson(text) : undefined);
  const [error] = data?.errors ?? [];
  if (status === 503 && error?.code === 'SERVICE.UNAVAILABLE.ERROR') {
    throw new CarrierFailure('AWAY', 'FedEx is away');
  }
  if (!error || status >= 500 || status < 400) throw new CarrierFailure('FAULT', `FedEx answered ${status}`);
  return refused(refusals[error.code] ?? 'CARRIER_REFUSED', `${error.code} ${error.message}`);
}

function labelOf(value: unknown, shipmentId: string): Label {
  const [shipment] = believe(shipReply, value).output.transactionShipments;
  const [bought] = shipment?.pieceResponses ?? [];
  if (!shipment || !bought || bought.customerReferences[0]?.value !== shipmentId) {
    throw malformed('a label of another shipment');
  }
  return {
    trackingNumber: shipment.masterTrackingNumber,
    service: shipment.serviceType,
    price: money(bought.netChargeAmount, bought.currency),
    labelUrl: bought.packageDocuments[0]?.url ?? '',
  };
}

function updateOf({ completeTrackResults: [result] }: z.infer<typeof trackOutput>) {
  const scans = (result?.trackResults[0]?.scanEvents ?? []).map(({ date, eventType, eventDescription }) => ({
    ...{ code: eventType, at: time(date), detail: eventDescription },
  }));
  return { trackingNumber: result?.trackingNumber ?? '', events: eventsOf(scans, vocabulary) };
}

const partyOf = ({ name, line1, city, postalCode, country }: Address) => ({
  contact: { personName: name },
  address: { streetLines: [line1], city, postalCode, countryCode: country },
});
