import { permissionNames, type Permission } from '@tradewind/service/permissions.ts';
import { roles, type Role } from '@tradewind/service/principal.ts';
import { z } from 'zod';

/** SERVICE is no role of people, nor of what they hand out. */
export const grantableRoles = roles.filter((role) => role !== 'SERVICE');

export const isBuiltIn = (name: string): name is Role => (roles as readonly string[]).includes(name);

const NAME = /^[A-Z][A-Z0-9-]{1,39}$/;
const name = z.string().regex(NAME, 'capitals, digits and hyphens, 2 to 40 of them');

/** Names of built-in or custom roles; whether a custom one exists is known to the database. */
export const rolesGiven = z
  .array(z.string().refine((role) => role !== 'SERVICE' && NAME.test(role), 'is no role that can be given'))
  .min(1)
  .max(10);

export const permission = z
  .string()
  .refine(
    (text): text is Permission => (permissionNames as string[]).includes(text),
    'there is no such permission',
  );

const description = z.string().trim().min(1).max(300);
const permissionsGiven = z.array(permission).min(1).max(permissionNames.length);

export const newRole = z
  .strictObject({
    role: name,
    description,
    base: z.enum(grantableRoles).meta({ description: 'The built-in role that this one narrows' }),
    permissions: permissionsGiven,
  })
  .meta({
    example: {
      role: 'RETURNS-DESK',
      description: 'Looks at orders and approves returns',
      base: 'MERCHANT',
      permissions: ['orders:read', 'returns:approve'],
    },
  });

export const roleChange = z
  .strictObject({
    description: description.optional(),
    permissions: permissionsGiven.optional(),
    expectedVersion: z.int().min(1).optional(),
  })
  .meta({ example: { permissions: ['orders:read', 'returns:approve', 'refunds:write'] } });

export const role = z.object({
  role: z.string(),
  description: z.string(),
  base: z.string().nullable(),
  builtIn: z.boolean(),
  permissions: z.array(z.string()),
  version: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export interface RoleRow {
  readonly role: string;
  readonly description: string;
  readonly base: Role | null;
  readonly builtIn: boolean;
  readonly permissions: Permission[];
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const shownRole = (row: RoleRow) => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});
