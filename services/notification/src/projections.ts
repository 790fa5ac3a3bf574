import type { Projection } from '@tradewind/outbox/projection.ts';
import { orderStatus } from '#projections/order-status.ts';

/** The read models of this service: run live by the service, rebuilt by `tw replay`. */
export const projections: readonly Projection[] = [orderStatus];
