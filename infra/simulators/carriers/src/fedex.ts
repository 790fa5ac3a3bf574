import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CarrierFault, type Label, type Stage, type TrackingEvent } from '#carrier.ts';
import { country, gramsOf, parse, postalCode, reference, trackingNumber } from '#requests.ts';
import type { Answer } from '#treatment.ts';
import type { CarrierParts } from '#wire.ts';

const address = z.object({ address: z.object({ postalCode, countryCode: country }).loose() }).loose();
const shipment = z
  .object({
    shipper: address,
    recipient: address.optional(),
    recipients: z.array(address).length(1).optional(),
    requestedPackageLineItems: z
      .array(z.object({ weight: z.object({ units: z.literal('KG'), value: z.number() }) }).loose())
      .length(1),
  })
  .loose();
const account = z.object({ value: z.string().min(1) });
const rateRequest = z.object({ accountNumber: account, requestedShipment: shipment });
const shipRequest = z.object({
  accountNumber: account,
  labelResponseOptions: z.literal('URL_ONLY'),
  requestedShipment: shipment.extend({
    serviceType: z.string(),
    customerReferences: z
      .array(z.object({ customerReferenceType: z.literal('CUSTOMER_REFERENCE'), value: reference }))
      .length(1),
  }),
});
const resultRequest = z.object({ accountNumber: account, customerReference: reference });
const cancelRequest = z.object({
  accountNumber: account,
  trackingNumber,
  deletionControl: z.literal('DELETE_ALL_PACKAGES'),
});
const trackRequest = z.object({
  includeDetailedScans: z.literal(true),
  trackingInfo: z.array(z.object({ trackingNumberInfo: z.object({ trackingNumber }) })).length(1),
});
const tokenRequest = z.object({
  grant_type: z.literal('client_credentials'),
  client_id: z.string(),
  client_secret: z.string(),
});

const words: Readonly<Record<Stage, readonly [eventType: string, description: string]>> = {
  PICKED_UP: ['PU', 'Picked up'],
  IN_TRANSIT: ['IT', 'In transit'],
  OUT_FOR_DELIVERY: ['OD', 'On FedEx vehicle for delivery'],
  DELIVERED: ['DL', 'Delivered'],
  EXCEPTION: ['DE', 'Delivery exception'],
};

const refusals: Readonly<Record<CarrierFault['code'], readonly [status: number, code: string]>> = {
  INVALID: [400, 'INVALID.INPUT.EXCEPTION'],
  NOT_AUTHORIZED: [401, 'NOT.AUTHORIZED.ERROR'],
  UNDELIVERABLE: [422, 'RECIPIENT.ADDRESS.UNDELIVERABLE'],
  TOO_HEAVY: [422, 'PACKAGE.WEIGHT.EXCEEDED'],
  REFERENCE_IN_USE: [409, 'CUSTOMER.REFERENCE.DUPLICATE'],
  NOT_FOUND: [404, 'TRACKING.TRACKINGNUMBER.NOTFOUND'],
  PICKED_UP_ALREADY: [409, 'SHIPMENT.CANCEL.NOTALLOWED'],
  AWAY: [503, 'SERVICE.UNAVAILABLE.ERROR'],
};

const TOKEN_SECONDS = 3_599;
const MOST_TOKENS = 1_000;

/** FedEx: JSON, bearer tokens by client credentials, everything under `output`. */
export function registerFedex(
  app: FastifyInstance,
  {
    desk,
    treatment,
    account: client,
    now,
    documentUrl,
    tokens,
  }: CarrierParts & { tokens: Map<string, number> },
): void {
  const treat = treatment(({ code, message }) => {
    const [status, name] = refusals[code];
    return json(status, { errors: [{ code: name, message }] });
  });

  app.post('/fedex/oauth/token', (request, reply) =>
    treat(reply, 'TOKEN', () => {
      const asked = parse(tokenRequest, request.body);
      if (asked.client_id !== client.clientId || asked.client_secret !== client.secret) {
        throw new CarrierFault('NOT_AUTHORIZED', 'the client is not known');
      }
      const token = randomBytes(24).toString('base64url');
      tokens.set(token, now() + TOKEN_SECONDS * 1_000);
      if (tokens.size > MOST_TOKENS) tokens.delete(tokens.keys().next().value ?? '');
      return json(200, { access_token: token, token_type: 'bearer', expires_in: TOKEN_SECONDS });
    }),
  );

  function authorize({ headers }: FastifyRequest): void {
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    if ((tokens.get(token) ?? 0) <= now()) throw new CarrierFault('NOT_AUTHORIZED', 'the token is not valid');
  }

  app.post('/fedex/rate/v1/rates/quotes', (request, reply) =>
    treat(reply, 'QUOTE', () => {
      authorize(request);
      const rates = desk.quote(parcelOf(parse(rateRequest, request.body).requestedShipment));
      const rateReplyDetails = rates.map(({ service, name, price, currency, days }) => ({
        serviceType: service,
        serviceName: name,
        ratedShipmentDetails: [{ rateType: 'ACCOUNT', totalNetCharge: Number(price), currency }],
        commit: { transitDays: { minimumTransitTime: days } },
      }));
      return json(200, { output: { rateReplyDetails, quoteDate: dateOf(now()) } });
    }),
  );

  app.post('/fedex/ship/v1/shipments', (request, reply) =>
    treat(reply, 'BUY', (call) => {
      authorize(request);
      const { requestedShipment } = parse(shipRequest, request.body);
      call.reference = requestedShipment.customerReferences[0]?.value ?? '';
      const { serviceType } = requestedShipment;
      const label = desk.buy(call.reference, parcelOf(requestedShipment), serviceType, requestedShipment);
      call.trackingNumber = label.trackingNumber;
      return bought(label, documentUrl(request, label));
    }),
  );

  app.post('/fedex/ship/v1/shipments/results', (request, reply) =>
    treat(reply, 'FIND', (call) => {
      authorize(request);
      call.reference = parse(resultRequest, request.body).customerReference;
      const label = desk.find(call.reference);
      return bought(label, documentUrl(request, label));
    }),
  );

  app.put('/fedex/ship/v1/shipments/cancel', (request, reply) =>
    treat(reply, 'CANCEL', (call) => {
      authorize(request);
      call.trackingNumber = parse(cancelRequest, request.body).trackingNumber;
      desk.cancel(call.trackingNumber);
      return json(200, { output: { cancelledShipment: true, cancelledHistory: true } });
    }),
  );

  app.post('/fedex/track/v1/trackingnumbers', (request, reply) =>
    treat(reply, 'TRACK', (call) => {
      authorize(request);
      const [info] = parse(trackRequest, request.body).trackingInfo;
      call.trackingNumber = info?.trackingNumberInfo.trackingNumber ?? '';
      const { label, events } = desk.track(call.trackingNumber);
      return json(200, { output: trackOutput(label, events) });
    }),
  );
}

/** What FedEx posts about an event. */
export const fedexCallback = (label: Label, event: TrackingEvent) => ({
  type: 'application/json',
  body: JSON.stringify({ eventType: 'TRACK_UPDATE', output: trackOutput(label, [event]) }),
});

function trackOutput({ trackingNumber: number, service }: Label, events: readonly TrackingEvent[]) {
  const scanEvents = events.map(({ stage, at }) => {
    const [eventType, eventDescription] = words[stage];
    return { date: dateTimeOf(at), eventType, eventDescription };
  });
  const trackResults = [
    { trackingNumberInfo: { trackingNumber: number }, serviceDetail: { type: service }, scanEvents },
  ];
  return { completeTrackResults: [{ trackingNumber: number, trackResults }] };
}

function bought(
  { trackingNumber: number, service, reference: customerReference, price, currency }: Label,
  url: string,
) {
  const piece = {
    trackingNumber: number,
    customerReferences: [{ customerReferenceType: 'CUSTOMER_REFERENCE', value: customerReference }],
    netChargeAmount: Number(price),
    currency,
    packageDocuments: [{ contentType: 'LABEL', docType: 'ZPLII', url }],
  };
  return json(200, {
    output: {
      transactionShipments: [{ masterTrackingNumber: number, serviceType: service, pieceResponses: [piece] }],
    },
  });
}

function parcelOf({ shipper, recipient, recipients, requestedPackageLineItems }: z.infer<typeof shipment>) {
  const to = recipient ?? recipients?.[0];
  if (!to) throw new CarrierFault('INVALID', 'there is no recipient');
  const place = ({ address: { countryCode, postalCode: code } }: z.infer<typeof address>) => ({
    country: countryCode,
    postalCode: code,
  });
  const grams = gramsOf(requestedPackageLineItems[0]?.weight.value ?? 0);
  return { from: place(shipper), to: place(to), grams };
}

const json = (status: number, body: object): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify({ transactionId: randomBytes(8).toString('hex'), ...body }),
});
const dateTimeOf = (at: number): string => new Date(at).toISOString();
const dateOf = (at: number): string => dateTimeOf(at).slice(0, 10);
