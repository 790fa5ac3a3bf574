import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { webhookError } from '#errors.ts';

const PREFIX = 'whsec_';
const SHORTEST = 24;
const LONGEST = 64;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

export const newSecret = (): Buffer => randomBytes(32);

/** As partners write it down. */
export const showSecret = (secret: Buffer): string => PREFIX + secret.toString('base64');

/** @throws DomainError SECRET_INVALID */
export function parseSecret(text: string): Buffer {
  const bytes = Buffer.from(text.slice(PREFIX.length), 'base64');
  const good = bytes.length >= SHORTEST && bytes.length <= LONGEST && showSecret(bytes) === text;
  if (good) return bytes;
  const { message } = webhookError('SECRET_INVALID');
  throw webhookError('SECRET_INVALID', { details: { errors: [{ path: 'body.secret', message }] } });
}

/** Seals secrets for the database: who reads a row, or swaps two of them, cannot sign in a subscription's name. */
export interface SecretBox {
  seal(secret: Buffer, subscriptionId: string): Buffer;
  /** @throws Error where the key is another one, or the row is another subscription's */
  open(sealed: Buffer, subscriptionId: string): Buffer;
}

export function secretBox(key: string): SecretBox {
  const derived = Buffer.from(hkdfSync('sha256', key, 'tradewind', 'webhook secrets', 32));
  return {
    seal(secret, subscriptionId) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, derived, iv).setAAD(Buffer.from(subscriptionId));
      const text = Buffer.concat([cipher.update(secret), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), text]);
    },
    open(sealed, subscriptionId) {
      const decipher = createDecipheriv(CIPHER, derived, sealed.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(subscriptionId))
        .setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    },
  };
}
