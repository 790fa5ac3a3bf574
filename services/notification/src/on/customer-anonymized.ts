import { on } from '@tradewind/outbox/reaction.ts';
import type { Addresses } from '#customers/addresses.ts';

export const onCustomerAnonymized = on(
  'ecommerce.identity.customer.anonymized.v1',
  'notification.on-customer-anonymized',
  ({ addresses }: { readonly addresses: Addresses }) =>
    ({ storeId, payload: { customerId } }, { inbox }) =>
      addresses.erase({ storeId, customerId, inbox }),
);
