import type { Role } from './principal.ts';

/**
 * What a token can be limited to, with what it lets its bearer do. The catalogue of API tokens' scopes and of roles; names
 * are stable. Everything that is not public declares the one that it needs, or `any` where every good token will do.
 */
export const permissions = {
  'products:write': 'Add, change and archive products, categories, collections and translations',
  'prices:write': 'Override list prices',
  'pricing:write': 'Keep flash sales, promotions, discount codes, price lists and currency rates',
  'pricing:read': 'Read promotions, discount codes and price lists; resolve prices for others',
  'carts:read': 'Read carts',
  'carts:write': 'Change carts and check them out',
  'orders:read': 'Read orders',
  'orders:write': 'Place, pay and cancel orders, and ask for returns',
  'orders:fulfill': 'Pick and ship orders',
  'orders:audit': 'Read the event stream of orders',
  'returns:approve': 'Approve returns',
  'refunds:write': 'Give money back',
  'cancellations:approve': 'Approve cancellations above the configured amount',
  'inventory:read': 'Read stock and reservations',
  'inventory:write': 'Set and adjust stock; reserve, confirm and release it',
  'payments:read': 'Read payments',
  'payments:write': 'Start payments and refunds at the payment gateway',
  'notifications:read': 'Read notifications, their templates and preferences',
  'notifications:write': 'Change preferences of notifications, and try deliveries again',
  'templates:write': 'Change what notifications say',
  'customers:read': 'Read customers',
  'customers:write': 'Add customers',
  'users:read': 'Read users',
  'users:write': 'Add, change and remove users',
  'roles:read': 'Read roles',
  'roles:write': 'Add, change and remove roles',
  'api-tokens:read': 'List API tokens',
  'api-tokens:write': 'Make and revoke API tokens',
  'stores:read': 'Read stores',
  'stores:write': 'Add stores',
  'keys:rotate': 'Replace the signing key',
  'audit:read': 'Read the audit log',
  'webhooks:read': 'Read webhook subscriptions and deliveries',
  'webhooks:write': 'Keep webhook subscriptions, and send deliveries again',
  'platform:operate': 'Operate services: dead letters and replays',
  'analytics:read': 'Read revenue, funnel and sales summaries',
} as const;

export type Permission = keyof typeof permissions;
/** What an operation asks of a token that is limited to some permissions. */
export type Needed = Permission | 'any';
export const permissionNames = Object.keys(permissions) as Permission[];

/** What each role may do; rules about one's own things are the policies' and the handlers'. */
export const permissionsByRole: Readonly<Record<Role, readonly Permission[]>> = {
  CUSTOMER: [
    ...['carts:read', 'carts:write', 'orders:read', 'orders:write', 'inventory:read'],
    ...['customers:read', 'pricing:read', 'notifications:read', 'notifications:write'],
  ] as Permission[],
  MERCHANT: [
    ...['products:write', 'pricing:read', 'pricing:write', 'carts:read', 'carts:write', 'orders:read'],
    ...[
      'orders:write',
      'orders:fulfill',
      'returns:approve',
      'refunds:write',
      'inventory:read',
      'inventory:write',
    ],
    ...['customers:read', 'notifications:read', 'notifications:write', 'templates:write'],
    ...['webhooks:read', 'webhooks:write', 'analytics:read'],
  ] as Permission[],
  ADMIN: permissionNames,
  SERVICE: [
    ...['products:write', 'pricing:read', 'pricing:write', 'carts:read', 'carts:write', 'orders:read'],
    ...['orders:write', 'orders:fulfill', 'returns:approve', 'refunds:write', 'inventory:read'],
    ...['inventory:write', 'payments:read', 'payments:write', 'customers:read', 'customers:write'],
    ...['stores:read', 'notifications:read', 'notifications:write'],
  ] as Permission[],
  DEVICE: ['inventory:read'],
};
