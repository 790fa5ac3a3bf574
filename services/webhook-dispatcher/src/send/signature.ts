import { createHmac } from 'node:crypto';

export interface Signed {
  /** The event's: the same over retries and redeliveries. */
  readonly eventId: string;
  readonly eventType: string;
  readonly deliveryId: string;
  readonly body: string;
}

const hmac = (secret: Buffer, text: string) => createHmac('sha256', secret).update(text);

/**
 * The headers of a delivery. Standard Webhooks' signature has one part for each secret that is good now, X-BV-Signature is
 * the newest one's over the body alone.
 * @param secrets the newest first
 * @param seconds of the epoch, when the attempt is made
 */
export function signedHeaders(
  { eventId, eventType, deliveryId, body }: Signed,
  secrets: readonly Buffer[],
  seconds: number,
): Record<string, string> {
  const [newest] = secrets;
  if (!newest) throw new Error('a delivery is signed with one secret at least');
  const standard = secrets.map(
    (secret) => `v1,${hmac(secret, `${eventId}.${seconds}.${body}`).digest('base64')}`,
  );
  return {
    'content-type': 'application/json',
    'user-agent': 'Tradewind-Webhooks/1.0',
    'x-bv-signature': `sha256=${hmac(newest, body).digest('hex')}`,
    'x-bv-event': eventType,
    'x-bv-delivery': deliveryId,
    'x-bv-timestamp': String(seconds),
    'webhook-id': eventId,
    'webhook-timestamp': String(seconds),
    'webhook-signature': standard.join(' '),
  };
}
