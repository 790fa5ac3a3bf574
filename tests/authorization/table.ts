import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Operation } from './contracts.ts';

/** Who asks. `otherTenant` is an administrator there; `withoutScope` an API token limited to something else. */
export const callers = [
  'anonymous',
  'expired',
  'otherTenant',
  'otherCustomer',
  'owner',
  'merchant',
  'admin',
  'withoutScope',
] as const;
export type Caller = (typeof callers)[number];

/** What comes of it: a refusal by its HTTP status (gRPC codes follow from it), or `ok` = authorization lets it through. */
export const outcomes = ['401', '403', '404', 'ok'] as const;
export type Outcome = (typeof outcomes)[number];
export type Row = Readonly<Record<Caller, Outcome>>;
/** By group, then by operation: eight words in the order of `callers`. */
export type Table = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const tableFile = fileURLToPath(
  new URL('../../schemas/authorization/operations.yaml', import.meta.url),
);
export const readTable = (): Table => parse(readFileSync(tableFile, 'utf8')) as Table;

export const rowOf = (words: string): Row =>
  Object.fromEntries(callers.map((caller, at) => [caller, words.split(' ')[at]])) as Row;

/** What is public and names a permission is open without a token, not with one that is limited to something else. */
const needsNoScope = ({
  access,
  permission,
}: Pick<Operation, 'permission'> & { access?: Operation['access'] | undefined }): boolean =>
  permission === 'any' || (access === 'public' && permission === undefined);

/** What the declared roles lead to. Rules about one's own things are for a person to add. */
export function skeleton({ name, access = ['SERVICE'], permission }: Operation): string {
  const named = name.includes('{');
  const may = (role: string): boolean => typeof access === 'string' || access.includes(role);
  const own = (role: string): Outcome => (may(role) ? 'ok' : '403');
  const others = (role: string): Outcome => (may(role) && named ? '404' : own(role));
  const row: Row = {
    anonymous: access === 'public' ? 'ok' : '401',
    expired: '401',
    otherTenant: others('ADMIN'),
    // What is public in a store is so for all of its customers.
    otherCustomer: access === 'public' ? 'ok' : others('CUSTOMER'),
    owner: own('CUSTOMER'),
    merchant: own('MERCHANT'),
    admin: own('ADMIN'),
    withoutScope: needsNoScope({ access, permission }) ? 'ok' : '403',
  };
  return callers.map((caller) => row[caller]).join(' ');
}

/** Where table and contracts say different things. Pure. */
export function disagreements(table: Table, operations: readonly Operation[]): string[] {
  const found: string[] = [];
  const known = new Set(operations.map(({ group, name }) => `${group}: ${name}`));
  for (const [group, rows] of Object.entries(table))
    for (const name of Object.keys(rows))
      if (!known.has(`${group}: ${name}`)) found.push(`${group}: ${name} is in no contract`);
  for (const operation of operations) {
    const words = table[operation.group]?.[operation.name];
    const problems =
      words === undefined
        ? ['is not in the table: node tests/authorization/add-operations.ts']
        : rowProblems(words, operation);
    found.push(...problems.map((problem) => `${operation.group}: ${operation.name} ${problem}`));
  }
  return found;
}

const roleOf = {
  merchant: 'MERCHANT',
  admin: 'ADMIN',
  owner: 'CUSTOMER',
  otherCustomer: 'CUSTOMER',
} as const;

function rowProblems(words: string, { access, permission }: Operation): string[] {
  const given = words.split(' ');
  if (
    given.length !== callers.length ||
    !given.every((word) => (outcomes as readonly string[]).includes(word))
  )
    return [`needs ${callers.length} of ${outcomes.join(', ')}`];
  const row = rowOf(words);
  const problems: string[] = [];
  if (row.withoutScope === 'ok' && !needsNoScope({ access, permission }))
    problems.push('lets tokens without the scope through');
  if (access === 'public') return problems;
  if (row.anonymous !== '401') problems.push('lets anonymous callers through');
  if (row.expired !== '401') problems.push('lets expired tokens through');
  for (const [caller, role] of Object.entries(roleOf) as [keyof typeof roleOf, string][])
    if (Array.isArray(access) && !access.includes(role) && row[caller] === 'ok')
      problems.push(`lets ${caller} through, though ${role} is not among its roles`);
  return problems;
}
