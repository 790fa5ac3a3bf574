import { DomainError } from '@tradewind/kernel/errors.ts';
import type { ProjectionStore } from './projection-store.ts';

/** A batch has to wait for the store of its projection: nothing is wrong with it, nor with the service. */
export class StoreAway extends Error {}

const PATIENCE_MS = 1_000;

/** The error as it is, or that the store is away or has lost the version. The service's own database is none of these stores. */
export async function explained(error: unknown, store: ProjectionStore): Promise<unknown> {
  if (store.kind === 'postgres') return error;
  const lost = error instanceof DomainError && error.code === 'PROJECTION_LOST';
  return lost || !(await answers(store)) ? new StoreAway(String(error), { cause: error }) : error;
}

async function answers(store: ProjectionStore): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  const answered = store.ping().then(
    () => true,
    () => false,
  );
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}
