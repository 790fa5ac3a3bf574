import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { done, refused } from './answers.ts';
import type { Answer } from './carrier.ts';

/** A callback older than this is refused: whoever has recorded one cannot play it back later. */
const TOLERANCE_SECONDS = 300;

/** Checks `carrier-signature: sha256=<hex>`, the HMAC over `<carrier-timestamp>.<body>`. */
export function checkSignature(
  headers: IncomingHttpHeaders,
  rawBody: Buffer | string,
  secret: string,
  nowMs: number,
): Answer<null> {
  const timestamp = String(headers['carrier-timestamp'] ?? '');
  const given = /^sha256=([\da-f]{64})$/.exec(String(headers['carrier-signature'] ?? ''))?.[1];
  const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(rawBody).digest();
  if (given === undefined || !timingSafeEqual(Buffer.from(given, 'hex'), expected)) {
    return refused('BAD_SIGNATURE', 'the signature does not fit the body');
  }
  const age = Math.abs(nowMs / 1_000 - Number(timestamp));
  if (!/^\d{1,12}$/.test(timestamp) || age > TOLERANCE_SECONDS) {
    return refused('STALE_CALLBACK', 'it was signed at another time');
  }
  return done(null);
}
