import type { Product } from './product.ts';

/** A row of `products`, with its images where the query reads them. */
export interface ProductRow extends Omit<Product, 'images'> {
  readonly images?: readonly string[];
}

/** Select list over alias `p`. */
export const rowColumns = `
  p.product_id as "productId", p.sku, p.name, p.description, p.price_minor as "priceMinor", p.currency,
  p.price_since as "priceSince", p.category_id as "categoryId", p.attributes, p.status, p.version,
  p.created_at as "createdAt", p.updated_at as "updatedAt"`;

export function productOf(row: ProductRow): Product {
  return { ...row, images: row.images ?? [] };
}
