import { violatedConstraint } from '@tradewind/postgres/errors.ts';
import { identityError } from '#errors.ts';

/** A good token may name a store that nobody has added: then what is stored for it has no place. */
export const orUnknownStore = (error: unknown): unknown =>
  violatedConstraint(error)?.endsWith('_store_id_fkey') ? identityError('STORE_UNKNOWN') : error;
