import { errorCodes } from 'fastify';
import { DomainError } from '@tradewind/kernel/errors.ts';

const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'FST_REPLY_FROM_TIMEOUT']);

/** What a failed forwarding means to the client; the reason stays in the log. */
export function upstreamError(error: unknown, service: string): unknown {
  const chain = causes(error);
  const refused = chain.find((one) => one instanceof errorCodes.FST_ERR_CTP_BODY_TOO_LARGE);
  if (refused) return refused;
  const late = chain.some((one) => TIMEOUTS.has((one as { code?: string }).code ?? ''));
  const [code, detail] = late
    ? [
        'UPSTREAM_TIMEOUT',
        `${service} did not answer in time; whether it carried the request out is not known`,
      ]
    : ['UPSTREAM_UNAVAILABLE', `${service} does not answer`];
  return new DomainError(code, 'unavailable', detail, { retryAfter: 1, cause: error });
}

function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let one = error; one instanceof Error && chain.length < 5; one = one.cause) chain.push(one);
  return chain;
}
