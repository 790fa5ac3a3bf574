import { productSummary } from '#projections/product-summary.ts';

/** What `tw replay` can rebuild. */
export const projections = [productSummary];
