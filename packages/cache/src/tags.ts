// Ids of products are unique over all tenants; a category's id is the tenant's own choice.
export const productTag = (productId: string): string => `product:${productId}`;
export const categoryTag = (storeId: string, categoryId: string): string =>
  `category:${storeId}:${categoryId}`;
/** A tenant's lists that no category narrows. */
export const catalogueTag = (storeId: string): string => `catalogue:${storeId}`;
/** All that a cache has of a tenant: every entry carries it. */
export const tenantTag = (storeId: string): string => `store:${storeId}`;
