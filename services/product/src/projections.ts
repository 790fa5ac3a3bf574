import { productSearchIndex } from '#projections/product-search-index.ts';
import { productSummary } from '#projections/product-summary.ts';

/** What `tw replay` can rebuild. */
export const projections = [productSummary, productSearchIndex];
