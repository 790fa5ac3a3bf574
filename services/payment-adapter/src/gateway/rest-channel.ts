import { z } from 'zod';
import { chargeAnswer, malformed, queryAnswer, refundAnswer, refused } from './answers.ts';
import { type Answer, type Channel, GatewayFailure } from './channel.ts';
import { connectTo, type Reply } from './connection.ts';

const problem = z.object({ code: z.string().min(1).max(100) });

/** The REST twin: the fallback, over the same payments as SOAP. */
export function restChannel(url: string): Channel {
  const { origin, pathname } = new URL(url);
  const base = pathname.replace(/\/$/, '');
  const connection = connectTo(origin);
  const json = { 'content-type': 'application/json' };

  const post = async (path: string, body: object, signal: AbortSignal): Promise<Reply> =>
    connection.send('POST', `${base}${path}`, json, JSON.stringify(body), signal);

  return {
    name: 'REST',
    async charge({ key, token, orderId, amount, currency }, signal) {
      const body = {
        idempotencyKey: key,
        orderId,
        amount,
        currency,
        ...(token === null ? {} : { paymentToken: token }),
      };
      return answerOf(await post('/payments', body, signal), chargeAnswer);
    },
    async refund({ key, ...refund }, signal) {
      return answerOf(await post('/refunds', { idempotencyKey: key, ...refund }, signal), refundAnswer);
    },
    async query(key, signal) {
      const path = `${base}/payments/${encodeURIComponent(key)}`;
      return answerOf(await connection.send('GET', path, {}, null, signal), queryAnswer);
    },
    close: () => connection.close(),
  };
}

function answerOf({ status, text }: Reply, read: (value: unknown) => Answer): Answer {
  if (status === 200) return read(parse(text));
  const { data } = problem.safeParse(parse(text));
  if (status === 503 && data?.code === 'GATEWAY_UNAVAILABLE')
    throw new GatewayFailure('AWAY', 'the gateway is away');
  if (status === 400 && data) return refused(data.code);
  throw new GatewayFailure('FAULT', `${status} ${data?.code ?? ''}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed('not JSON', cause);
  }
}
