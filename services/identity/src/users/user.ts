import { z } from 'zod';
import { rolesGiven } from '#roles/role.ts';

const email = z.email().max(254);
const name = z.string().trim().min(1).max(200);

export const newUser = z
  .strictObject({ email, name, roles: rolesGiven })
  .meta({ example: { email: 'ada@example.com', name: 'Ada', roles: ['MERCHANT'] } });

export const userChange = z
  .strictObject({
    email: email.optional(),
    name: name.optional(),
    roles: rolesGiven.optional(),
    status: z.enum(['ACTIVE', 'DISABLED']).optional(),
    expectedVersion: z.int().min(1).optional(),
  })
  .meta({ example: { roles: ['MERCHANT', 'ADMIN'] } });

export const user = z.object({
  userId: z.string(),
  email: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  status: z.enum(['ACTIVE', 'DISABLED']),
  version: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export interface UserRow {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly roles: string[];
  readonly status: 'ACTIVE' | 'DISABLED';
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const shownUser = (row: UserRow) => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});
