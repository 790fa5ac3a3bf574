import { type Client, createClientAsync, type IHttpClient } from 'soap';
import { z } from 'zod';
import { paymentWsdl } from '@tradewind/contracts/generated/payment-wsdl.ts';
import { chargeAnswer, malformed, queryAnswer, refundAnswer, refused } from './answers.ts';
import { type Answer, type Channel, GatewayFailure } from './channel.ts';
import { connectTo } from './connection.ts';

/** A fault as the library's parser leaves it. */
const fault = z.object({
  faultcode: z.string(),
  detail: z.object({ PaymentFault: z.object({ code: z.string().min(1).max(100) }).loose() }).loose(),
});
const thrown = z.object({
  root: z.object({ Envelope: z.object({ Body: z.object({ Fault: z.unknown() }) }) }),
});

type Method = (args: object, options: { signal: AbortSignal }) => Promise<[unknown]>;

/**
 * SOAP by the contract of schemas/wsdl/payment.wsdl, compiled into this service: the WSDL is parsed once, at the first
 * call, and never fetched.
 */
export function soapChannel(url: string): Channel {
  const { origin, pathname } = new URL(url);
  const connection = connectTo(origin);

  // In place of the library's axios: keep-alive connections, an abort signal per call, and failures that say
  // whether anything was sent. Its promise is not looked at by the library.
  const httpClient: IHttpClient = {
    request(_url, body: string, callback, headers, options) {
      const { signal } = options as unknown as { signal: AbortSignal };
      connection.send('POST', pathname, headers as Record<string, string>, body, signal).then(
        ({ status, text }) => callback(null, { status, headers: {}, data: text }, text),
        (error: unknown) => callback(error),
      );
      return undefined as never;
    },
  };

  let client: Promise<Client> | undefined;
  async function invoke(
    operation: string,
    args: object,
    read: (value: unknown) => Answer,
    signal: AbortSignal,
  ) {
    client ??= createClientAsync(paymentWsdl, { httpClient, endpoint: url });
    const method = (await client)[`${operation}Async`] as Method;
    const [result] = await method(args, { signal }).catch((error: unknown): [Answer] => [faultAnswer(error)]);
    return isRefusal(result) ? result : read(result);
  }

  return {
    name: 'SOAP',
    charge({ key, token, ...charge }, signal) {
      const args = { idempotencyKey: key, ...charge, ...(token === null ? {} : { paymentToken: token }) };
      return invoke('ProcessPayment', args, chargeAnswer, signal);
    },
    refund: ({ key, ...refund }, signal) =>
      invoke('RefundPayment', { idempotencyKey: key, ...refund }, refundAnswer, signal),
    query: (key, signal) => invoke('QueryPayment', { idempotencyKey: key }, queryAnswer, signal),
    close: () => connection.close(),
  };
}

/** The answer that a fault is, where the gateway blames the request. */
function faultAnswer(error: unknown): Answer {
  if (error instanceof GatewayFailure) throw error;
  const parsed = thrown.safeParse(error);
  const said = fault.safeParse(parsed.data?.root.Envelope.Body.Fault);
  if (!said.success) throw malformed('neither an answer nor a fault of the contract', error);
  const { faultcode, detail } = said.data;
  const { code } = detail.PaymentFault;
  if (faultcode.endsWith(':Client')) return refused(code);
  throw new GatewayFailure(code === 'GATEWAY_UNAVAILABLE' ? 'AWAY' : 'FAULT', code);
}

const isRefusal = (result: unknown): result is Answer =>
  typeof result === 'object' && result !== null && 'status' in result && result.status === 'REFUSED';
