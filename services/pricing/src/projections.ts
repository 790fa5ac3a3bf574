import type { Projection } from '@tradewind/outbox/projection.ts';
import { productPrices } from '#projections/product-prices.ts';

/** The read models of this service: run live by the service, rebuilt by `tw replay`. */
export const projections: readonly Projection[] = [productPrices];
