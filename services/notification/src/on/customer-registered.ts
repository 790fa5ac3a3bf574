import { on } from '@tradewind/outbox/reaction.ts';
import type { Addresses } from '#customers/addresses.ts';

/** From here on the customer can be written to. */
export const onCustomerRegistered = on(
  'ecommerce.identity.customer.registered.v1',
  'notification.on-customer-registered',
  ({ addresses }: { readonly addresses: Addresses }) =>
    ({ storeId, payload: { customerId } }, { inbox }) =>
      addresses.learn({ storeId, customerId, inbox }),
);
