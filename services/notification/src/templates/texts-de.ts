import type { Language } from './built-in.ts';

const lines = '{{#items}}{{qty}} × {{productId}}<br>{{/items}}';
const because = '{{#reason}} ({{reason}}){{/reason}}';

export const deTexts: Language = {
  locale: 'de',
  customer: {
    'order-created': {
      subject: 'Ihre Bestellung {{orderId}} ist da',
      mail: ['Danke für Ihre Bestellung <b>{{orderId}}</b>.', lines, 'Summe: {{totalAmount}} {{currency}}'],
      short: 'Ihre Bestellung {{orderId}} über {{totalAmount}} {{currency}} ist da.',
    },
    'order-paid': {
      subject: 'Ihre Bestellung {{orderId}} ist bezahlt',
      mail: [
        'Wir haben {{totalAmount}} {{currency}} für Ihre Bestellung <b>{{orderId}}</b> erhalten und packen sie nun.',
      ],
      short: 'Ihre Bestellung {{orderId}} ist bezahlt.',
    },
    'order-payment-failed': {
      subject: 'Die Zahlung der Bestellung {{orderId}} ist gescheitert',
      mail: [
        `Die Zahlung von {{amount}} {{currency}} für Ihre Bestellung <b>{{orderId}}</b> ist gescheitert${because}.`,
        'Die Bestellung bleibt eine Weile bestehen: Bitte versuchen Sie es noch einmal oder zahlen Sie anders.',
      ],
      short: 'Die Zahlung der Bestellung {{orderId}} ist gescheitert. Bitte versuchen Sie es noch einmal.',
    },
    'order-shipped': {
      subject: 'Ihre Bestellung {{orderId}} ist unterwegs',
      mail: [
        'Ein Paket Ihrer Bestellung <b>{{orderId}}</b> ist mit {{carrier}} unterwegs.',
        lines,
        '{{#trackingNumber}}Seine Nummer ist {{trackingNumber}}.{{/trackingNumber}}',
      ],
      short:
        'Ihre Bestellung {{orderId}} ist mit {{carrier}} unterwegs{{#trackingNumber}}: {{trackingNumber}}{{/trackingNumber}}.',
    },
    'order-delivered': {
      subject: 'Ihre Bestellung {{orderId}} ist angekommen',
      mail: ['{{carrier}} hat ein Paket Ihrer Bestellung <b>{{orderId}}</b> zugestellt.'],
      short: 'Ihre Bestellung {{orderId}} ist angekommen.',
    },
    'order-canceled': {
      subject: 'Ihre Bestellung {{orderId}} ist storniert',
      mail: [`Ihre Bestellung <b>{{orderId}}</b> über {{totalAmount}} {{currency}} ist storniert${because}.`],
      short: 'Ihre Bestellung {{orderId}} ist storniert.',
    },
    'order-refunded': {
      subject: 'Erstattung zur Bestellung {{orderId}}',
      mail: [`Wir haben {{amount}} {{currency}} Ihrer Bestellung <b>{{orderId}}</b> erstattet${because}.`],
      short: 'Wir haben {{amount}} {{currency}} der Bestellung {{orderId}} erstattet.',
    },
    'order-expired': {
      subject: 'Ihre Bestellung {{orderId}} ist verfallen',
      mail: [
        'Ihre Bestellung <b>{{orderId}}</b> wurde nicht rechtzeitig bezahlt, ihre Waren sind wieder im Verkauf.',
      ],
      short: 'Ihre Bestellung {{orderId}} wurde nicht rechtzeitig bezahlt und ist verfallen.',
    },
    'cart-abandoned': {
      subject: 'In Ihrem Warenkorb liegt noch etwas',
      mail: ['Das liegt noch in Ihrem Warenkorb:', lines],
      short: 'In Ihrem Warenkorb liegt noch etwas.',
    },
  },
  store: {
    'stock-low':
      '{{sku}} wird am Ort {{locationId}} knapp: noch {{available}}, nachbestellt wird bei {{reorderPoint}}.',
    'webhook-disabled':
      'Das Webhook-Abonnement {{subscriptionId}} ist abgeschaltet: {{reason}}. Seine Ereignisse bleiben liegen und gehen der Reihe nach hinaus, sobald es wieder eingeschaltet ist.',
  },
};
