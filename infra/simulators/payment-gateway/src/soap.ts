import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { createServerless } from 'soap';
import { paymentWsdl } from '@tradewind/contracts/generated/payment-wsdl.ts';
import { GatewayFault, statusOf } from '#fault.ts';
import type { Delivered, Gateway } from '#gateway.ts';
import { keyed, newKey, parse, processPayment, queryPayment, refundPayment } from '#requests.ts';

const NAMESPACE = 'urn:tradewind:payment-gateway:v1';

const OUR_FAULT = /<(?:\w+:)?faultcode>soap:(?:Client|Server)</;
/** SOAP 1.1 answers a request that it cannot read with a fault of the client, over HTTP with 500. */
const NO_REQUEST = `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault><faultcode>soap:Client</faultcode><faultstring>this is no request of the payment service</faultstring><detail><PaymentFault xmlns="${NAMESPACE}"><code>INVALID_REQUEST</code><message>this is no request of the payment service</message></PaymentFault></detail></soap:Fault></soap:Body></soap:Envelope>`;

/** What a method tells the route about the reply; the library hands `connection` through untouched. */
interface Exchange {
  malformed: boolean;
  readonly headers: IncomingHttpHeaders;
}
type Method = (
  args: unknown,
  callback: unknown,
  headers: unknown,
  request: { connection: Exchange },
) => Promise<unknown>;

/** The SOAP endpoint. The body limit is fastify's: the library alone would take 8 MB. */
export async function registerSoap(app: FastifyInstance, gateway: Gateway): Promise<void> {
  const method =
    (carryOut: (args: unknown, headers: IncomingHttpHeaders) => Promise<Delivered<unknown>>): Method =>
    async (args, _callback, _headers, { connection }) => {
      try {
        const { answer, malformed } = await carryOut(args, connection.headers);
        connection.malformed = malformed;
        return answer;
      } catch (error) {
        const unforeseen = new GatewayFault('INTERNAL', 'the gateway failed', 'gateway');
        if (!(error instanceof GatewayFault)) app.log.error({ err: error }, 'request failed');
        const fault: unknown = soapFault(error instanceof GatewayFault ? error : unforeseen);
        throw fault;
      }
    };
  const operations = {
    ProcessPayment: method((args, headers) =>
      gateway.processPayment('SOAP', parse(processPayment, keyed(args, headers, newKey))),
    ),
    RefundPayment: method((args, headers) =>
      gateway.refundPayment('SOAP', parse(refundPayment, keyed(args, headers))),
    ),
    QueryPayment: method((args) => gateway.queryPayment('SOAP', parse(queryPayment, args).idempotencyKey)),
  };
  const server = await createServerless({
    path: '/soap',
    xml: paymentWsdl,
    suppressStack: true,
    services: { PaymentService: { PaymentPort: operations } },
  });

  const asText = { parseAs: 'string' as const };
  app.addContentTypeParser(['text/xml', 'application/soap+xml'], asText, (_request, body, done) =>
    done(null, body),
  );
  app.get('/soap', ({ host }, reply) => reply.type('text/xml; charset=utf-8').send(wsdlFor(host)));
  app.post('/soap', async (request, reply) => {
    const connection: Exchange = { malformed: false, headers: request.headers };
    const xml = typeof request.body === 'string' ? request.body : '';
    const { body, statusCode } = await server.processRequest(xml, {
      url: '/soap',
      headers: request.headers as Record<string, string>,
      connection,
    });
    // What is no request of the contract never reaches a method, and the library's own words name its parser.
    if (statusCode !== undefined && statusCode >= 400 && !OUR_FAULT.test(body)) {
      return reply.code(500).type('text/xml; charset=utf-8').send(NO_REQUEST);
    }
    return reply
      .code(statusCode)
      .type('text/xml; charset=utf-8')
      .send(connection.malformed ? body.slice(0, body.length / 2) : body);
  });
}

const HOST = /^[\w.[\]:-]+$/;

/** The contract as this server can be reached: clients call the address that it names. */
function wsdlFor(host: string): string {
  if (!HOST.test(host)) return paymentWsdl;
  return paymentWsdl.replace(/(<soap:address location=")[^"]*"/, `$1http://${host}/soap"`);
}

function soapFault(fault: GatewayFault): object {
  const PaymentFault = { attributes: { xmlns: NAMESPACE }, code: fault.code, message: fault.message };
  return {
    Fault: {
      faultcode: fault.blame === 'caller' ? 'soap:Client' : 'soap:Server',
      faultstring: fault.message,
      detail: { PaymentFault },
      // SOAP 1.1 over HTTP answers faults with 500; 503 says besides that nothing was looked at.
      statusCode: fault.blame === 'away' ? statusOf(fault) : 500,
    },
  };
}
