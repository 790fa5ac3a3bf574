import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { permissionsByRole } from './permissions.ts';
import type { Role } from './principal.ts';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Operation {
  readonly 'x-access'?: string | readonly Role[];
  readonly 'x-permission'?: string;
}

const folder = new URL('../../../schemas/openapi/services/', import.meta.url);
const operations = readdirSync(folder).flatMap((file) => {
  const { paths } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Document;
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })),
  );
});

describe('the permissions that operations declare', () => {
  it('are had by every role that may call them: what a custom role narrows must be there', () => {
    const lacking = operations.flatMap(({ name, 'x-access': access, 'x-permission': permission }) =>
      typeof access !== 'object' || permission === undefined || permission === 'any'
        ? []
        : access
            .filter((role) => !(permissionsByRole[role] as readonly string[]).includes(permission))
            .map((role) => `${name}: ${role} does not have ${permission}`),
    );
    expect(lacking).toEqual([]);
  });
});
