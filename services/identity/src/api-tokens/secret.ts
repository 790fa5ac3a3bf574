import { hash, randomBytes } from 'node:crypto';

/** API tokens are told from JWTs by this, also by scanners that look for leaked secrets. */
const PREFIX = 'twk_';

/** A secret of 256 random bits, shown once. */
export const newSecret = (): string => PREFIX + randomBytes(32).toString('base64url');

export const isApiToken = (bearer: string): boolean => bearer.startsWith(PREFIX);

/** What is stored of a secret. */
export const digestOf = (secret: string): Buffer => hash('sha256', secret, 'buffer');
