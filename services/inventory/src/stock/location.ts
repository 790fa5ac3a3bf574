import { inventoryError } from '#errors.ts';

/**
 * The location that a path or a request names, for a tenant: its own id is the default one, others begin with it and
 * '-'. Anything else might be another tenant's, so it is "not found".
 */
export function locationOf(tenant: string, id: string): string {
  if (id === '' || id === tenant) return tenant;
  if (id.startsWith(`${tenant}-`) && id.length > tenant.length + 1) return id;
  throw inventoryError('LOCATION_NOT_FOUND');
}
