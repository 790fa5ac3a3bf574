import type { Language } from './built-in.ts';

const lines = '{{#items}}{{qty}} × {{productId}}<br>{{/items}}';
const because = '{{#reason}} ({{reason}}){{/reason}}';

export const enTexts: Language = {
  locale: 'en',
  customer: {
    'order-created': {
      subject: 'We have your order {{orderId}}',
      mail: ['Thank you for your order <b>{{orderId}}</b>.', lines, 'Total: {{totalAmount}} {{currency}}'],
      short: 'We have your order {{orderId}}, {{totalAmount}} {{currency}}.',
    },
    'order-paid': {
      subject: 'Your order {{orderId}} is paid',
      mail: [
        'We received {{totalAmount}} {{currency}} for your order <b>{{orderId}}</b> and will pack it now.',
      ],
      short: 'Your order {{orderId}} is paid.',
    },
    'order-payment-failed': {
      subject: 'The payment of order {{orderId}} failed',
      mail: [
        `The payment of {{amount}} {{currency}} for your order <b>{{orderId}}</b> did not go through${because}.`,
        'Your order is kept for a while: please try again, or choose another means of payment.',
      ],
      short: 'The payment of order {{orderId}} failed. Please try again.',
    },
    'order-shipped': {
      subject: 'Your order {{orderId}} is on its way',
      mail: [
        'A parcel of your order <b>{{orderId}}</b> is with {{carrier}}.',
        lines,
        '{{#trackingNumber}}Its number is {{trackingNumber}}.{{/trackingNumber}}',
      ],
      short:
        'Your order {{orderId}} is on its way with {{carrier}}{{#trackingNumber}}: {{trackingNumber}}{{/trackingNumber}}.',
    },
    'order-delivered': {
      subject: 'Your order {{orderId}} has arrived',
      mail: ['{{carrier}} has delivered a parcel of your order <b>{{orderId}}</b>.'],
      short: 'Your order {{orderId}} has arrived.',
    },
    'order-canceled': {
      subject: 'Your order {{orderId}} is canceled',
      mail: [`Your order <b>{{orderId}}</b> over {{totalAmount}} {{currency}} is canceled${because}.`],
      short: 'Your order {{orderId}} is canceled.',
    },
    'order-refunded': {
      subject: 'Money back for order {{orderId}}',
      mail: [`We paid {{amount}} {{currency}} of your order <b>{{orderId}}</b> back${because}.`],
      short: 'We paid {{amount}} {{currency}} of order {{orderId}} back.',
    },
    'order-expired': {
      subject: 'Your order {{orderId}} has lapsed',
      mail: ['Your order <b>{{orderId}}</b> was not paid in time, so its goods are for sale again.'],
      short: 'Your order {{orderId}} was not paid in time and has lapsed.',
    },
    'cart-abandoned': {
      subject: 'You left something in your cart',
      mail: ['This is still in your cart:', lines],
      short: 'You left something in your cart.',
    },
  },
  store: {
    'stock-low':
      'Stock of {{sku}} at {{locationId}} is low: {{available}} left, reorder at {{reorderPoint}}.',
    'webhook-disabled':
      'Webhook subscription {{subscriptionId}} is disabled: {{reason}}. Its events are kept, and go out in order once it is enabled again.',
  },
};
