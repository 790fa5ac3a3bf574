import type { Projection } from '@tradewind/outbox/projection.ts';
import { ordersByCustomer } from '#projections/orders-by-customer.ts';

/** The read models of this service: run live by the service, rebuilt by `tw replay`. */
export const projections: readonly Projection[] = [ordersByCustomer];
