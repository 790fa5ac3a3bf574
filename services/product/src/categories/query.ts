import { newId } from '@tradewind/kernel/ids.ts';
import { violatedConstraint } from '@tradewind/postgres/errors.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { productError } from '#errors.ts';

export interface Category {
  readonly categoryId: string;
  readonly parentId: string | null;
  readonly name: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const columns = `category_id as "categoryId", parent_id as "parentId", name, version, created_at as "createdAt",
  updated_at as "updatedAt"`;

const insert = `
  insert into categories (store_id, category_id, parent_id, name, version, created_at, updated_at)
  values ($1, $2, $3, $4, 1, now(), now()) returning ${columns}`;

const update = `
  update categories set name = $3, parent_id = $4, version = version + 1, updated_at = now()
  where store_id = $1 and category_id = $2 returning ${columns}`;

/** The category and all above it. */
const ancestors = `
  with recursive up as (
    select category_id, parent_id from categories where store_id = $1 and category_id = $2
    union
    select c.category_id, c.parent_id from categories c join up on c.category_id = up.parent_id where c.store_id = $1)
  select category_id as id from up`;

const select = `
  select ${columns} from categories
  where store_id = $1 and category_id > $2 and ($3::text is null or parent_id = $3) order by category_id limit $4`;

export async function findCategory(tx: Transaction, id: string, { lock = false } = {}): Promise<Category> {
  const text = `select ${columns} from categories where store_id = $1 and category_id = $2`;
  const [found] = await tx.query<Category>(lock ? `${text} for update` : text, [tx.storeId, id]);
  if (!found) throw productError('CATEGORY_NOT_FOUND');
  return found;
}

export function listCategories(
  tx: Transaction,
  page: { after: string; parentId: string | null; limit: number },
) {
  return tx.query<Category>(select, [tx.storeId, page.after, page.parentId, page.limit]);
}

export async function addCategory(
  tx: Transaction,
  given: { name: string; parentId: string | null },
): Promise<Category> {
  if (given.parentId !== null) await findCategory(tx, given.parentId);
  const [added] = await tx.query<Category>(insert, [tx.storeId, newId(), given.parentId, given.name]);
  return added as Category;
}

/** @throws DomainError CATEGORY_NOT_FOUND, VERSION_CONFLICT, CATEGORY_CYCLE */
export async function changeCategory(
  tx: Transaction,
  id: string,
  patch: { name?: string | undefined; parentId?: string | null | undefined },
  expectedVersion: number | undefined,
): Promise<Category> {
  // One move of the tenant's tree at a time: two at once could make a ring that neither sees.
  await tx.query(`select pg_advisory_xact_lock(hashtext('categories'), hashtext($1))`, [tx.storeId]);
  const known = await findCategory(tx, id, { lock: true });
  checkVersion(known, expectedVersion);
  const { name = known.name, parentId = known.parentId } = patch;
  if (parentId !== null) {
    await findCategory(tx, parentId);
    const above = await tx.query<{ id: string }>(ancestors, [tx.storeId, parentId]);
    if (above.some((category) => category.id === id)) throw productError('CATEGORY_CYCLE');
  }
  const [changed] = await tx.query<Category>(update, [tx.storeId, id, name, parentId]);
  return changed as Category;
}

/** @throws DomainError CATEGORY_NOT_FOUND, VERSION_CONFLICT, CATEGORY_IN_USE */
export async function removeCategory(
  tx: Transaction,
  id: string,
  expectedVersion: number | undefined,
): Promise<void> {
  checkVersion(await findCategory(tx, id, { lock: true }), expectedVersion);
  try {
    await tx.query('delete from categories where store_id = $1 and category_id = $2', [tx.storeId, id]);
  } catch (error) {
    throw violatedConstraint(error) === 'categories_parent'
      ? productError('CATEGORY_IN_USE', { cause: error })
      : error;
  }
}

export function checkVersion({ version }: { version: number }, expected: number | undefined): void {
  if (expected !== undefined && expected !== version) {
    throw productError('VERSION_CONFLICT', { details: { currentVersion: version } });
  }
}
