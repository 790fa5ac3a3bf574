import type { CarrierCode } from './carrier.ts';

/** What each carrier says where all is well, by operation; the shipment is s-1 and its parcel 7001. */
export interface GoodReplies {
  readonly quote: string;
  readonly buy: string;
  readonly find: string;
  readonly track: string;
  readonly cancel: string;
  readonly callback: string;
}

const url = 'https://carrier.example/labels/7001';
const at = '2026-11-21T10:00:00Z';

const fedexShipment = JSON.stringify({
  output: {
    transactionShipments: [
      {
        masterTrackingNumber: '7001',
        serviceType: 'FEDEX_GROUND',
        pieceResponses: [
          {
            ...{ trackingNumber: '7001', customerReferences: [{ value: 's-1' }], netChargeAmount: 11.15 },
            ...{ currency: 'USD', packageDocuments: [{ contentType: 'LABEL', url }] },
          },
        ],
      },
    ],
  },
});
const fedexTrack = {
  completeTrackResults: [
    {
      trackingNumber: '7001',
      trackResults: [{ scanEvents: [{ date: at, eventType: 'PU', eventDescription: 'Picked up' }] }],
    },
  ],
};
const fedex: GoodReplies = {
  quote: JSON.stringify({
    output: {
      rateReplyDetails: [
        {
          ...{ serviceType: 'FEDEX_GROUND', serviceName: 'Ground' },
          ratedShipmentDetails: [{ rateType: 'ACCOUNT', totalNetCharge: 11.15, currency: 'USD' }],
          commit: { transitDays: { minimumTransitTime: 4 } },
        },
      ],
    },
  }),
  buy: fedexShipment,
  find: fedexShipment,
  track: JSON.stringify({ output: fedexTrack }),
  cancel: JSON.stringify({ output: { cancelledShipment: true } }),
  callback: JSON.stringify({ eventType: 'TRACK_UPDATE', output: fedexTrack }),
};

const Response = { ResponseStatus: { Code: '1' } };
const TotalCharges = { CurrencyCode: 'USD', MonetaryValue: '11.15' };
const upsShipment = JSON.stringify({
  ShipmentResponse: {
    Response,
    ShipmentResults: {
      ...{ ShipmentIdentificationNumber: '7001', Service: { Code: '03' }, ReferenceNumber: { Value: 's-1' } },
      ...{ ShipmentCharges: { TotalCharges }, LabelURL: url },
    },
  },
});
const status = { type: 'P', description: 'Pickup Scan' };
const ups: GoodReplies = {
  quote: JSON.stringify({
    RateResponse: {
      Response,
      RatedShipment: [
        {
          ...{ Service: { Code: '03', Description: 'Ground' }, TotalCharges },
          GuaranteedDelivery: { BusinessDaysInTransit: '4' },
        },
      ],
    },
  }),
  buy: upsShipment,
  find: upsShipment,
  track: JSON.stringify({
    trackResponse: {
      shipment: [
        {
          package: [
            { trackingNumber: '7001', activity: [{ status, gmtDate: '20261121', gmtTime: '10:00:00' }] },
          ],
        },
      ],
    },
  }),
  cancel: JSON.stringify({ VoidShipmentResponse: { SummaryResult: { Status: { Code: '1' } } } }),
  callback: JSON.stringify({
    ...{ trackingNumber: '7001', gmtActivityDate: '20261121', gmtActivityTime: '10:00:00' },
    activityStatus: status,
  }),
};

const dhlLabel = [
  '<AirwayBillNumber>7001</AirwayBillNumber><Reference><ReferenceID>s-1</ReferenceID></Reference>',
  '<GlobalProductCode>P</GlobalProductCode><CurrencyCode>EUR</CurrencyCode><ShippingCharge>11.15</ShippingCharge>',
  `<LabelImage><OutputURL>${url}</OutputURL></LabelImage>`,
].join('');
const dhlInfo = [
  '<AWBInfo><AWBNumber>7001</AWBNumber><ShipmentInfo><ShipmentEvent><Date>2026-11-21</Date><Time>10:00:00</Time>',
  '<ServiceEvent><EventCode>PU</EventCode><Description>Picked up &amp; gone</Description></ServiceEvent>',
  '</ShipmentEvent></ShipmentInfo></AWBInfo>',
].join('');
const dhl: GoodReplies = {
  quote: [
    '<?xml version="1.0"?><res:DCTResponse xmlns:res="http://www.dhl.com"><GetQuoteResponse><BkgDetails><QtdShp>',
    '<GlobalProductCode>P</GlobalProductCode><ProductShortName>Worldwide</ProductShortName>',
    '<CurrencyCode>EUR</CurrencyCode><ShippingCharge>11.15</ShippingCharge><TotalTransitDays>2</TotalTransitDays>',
    '</QtdShp></BkgDetails></GetQuoteResponse></res:DCTResponse>',
  ].join(''),
  buy: `<ShipmentResponse>${dhlLabel}</ShipmentResponse>`,
  find: `<ShipmentLookupResponse>${dhlLabel}</ShipmentLookupResponse>`,
  track: `<TrackingResponse>${dhlInfo}</TrackingResponse>`,
  cancel:
    '<ShipmentCancelResponse><AWBNumber>7001</AWBNumber><ActionStatus>Success</ActionStatus></ShipmentCancelResponse>',
  callback: `<ShipmentEventNotification>${dhlInfo}</ShipmentEventNotification>`,
};

export const goodReplies: Readonly<Record<CarrierCode, GoodReplies>> = { FEDEX: fedex, UPS: ups, DHL: dhl };
