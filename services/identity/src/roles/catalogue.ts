import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { permissions, permissionsByRole } from '@tradewind/service/permissions.ts';
import { roles } from '@tradewind/service/principal.ts';
import type { Component } from '@tradewind/service/start.ts';

const descriptions = {
  CUSTOMER: 'Shoppers: their own carts, orders and record',
  MERCHANT: 'Staff: products, stock, picking, shipping, returns',
  ADMIN: 'Everything in the store',
  SERVICE: 'Services among themselves',
  DEVICE: 'Sensors and terminals',
} as const;

const given = roles.flatMap((role) => permissionsByRole[role].map((permission) => ({ role, permission })));
const givenRoles = given.map(({ role }) => role);
const givenPermissions = given.map(({ permission }) => permission);

/** Writes the built-in roles of every store that the transaction sees, as this version of the code has them. */
export async function keepBuiltInRoles(tx: Transaction): Promise<void> {
  await tx.query(
    `insert into roles (store_id, role, description, built_in)
     select s.store_id, r.role, r.description, true from stores s
     cross join unnest($1::text[], $2::text[]) as r (role, description)
     on conflict (store_id, role) do nothing`,
    [roles, roles.map((role) => descriptions[role])],
  );
  await tx.query(
    `insert into role_permissions (store_id, role, permission)
     select s.store_id, g.role, g.permission from stores s
     cross join unnest($1::text[], $2::text[]) as g (role, permission)
     on conflict do nothing`,
    [givenRoles, givenPermissions],
  );
  await tx.query(
    `delete from role_permissions p using roles r
     where r.store_id = p.store_id and r.role = p.role and r.built_in
       and not exists (select from unnest($1::text[], $2::text[]) as g (role, permission)
                       where g.role = p.role and g.permission = p.permission)`,
    [givenRoles, givenPermissions],
  );
}

/** @param systemDb sees every tenant */
export function catalogue(systemDb: Database): Component {
  return {
    name: 'permissions',
    start: () =>
      systemDb.transaction('', async (tx) => {
        // Instances that start together would wait for each other's rows in different orders.
        await tx.query(`select pg_advisory_xact_lock(hashtext('tradewind.permissions'))`);
        await tx.query(
          `insert into permissions (permission, description) select * from unnest($1::text[], $2::text[])
           on conflict (permission) do update set description = excluded.description`,
          [Object.keys(permissions), Object.values(permissions)],
        );
        await keepBuiltInRoles(tx);
      }),
  };
}
