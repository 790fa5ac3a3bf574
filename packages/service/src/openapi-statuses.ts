import { kinds, typeOf } from './problem.ts';

/** What a status means on every route. */
export const descriptions: Readonly<Record<string, string>> = {
  200: 'Done',
  201: 'Created',
  202: 'Taken; the outcome is not known yet',
  204: 'Done; there is nothing to say',
  304: 'Not modified',
  400: 'Not valid: `errors` says what, field by field',
  401: 'No token, or not a good one',
  402: 'The payment was declined',
  403: 'Known, but not allowed',
  404: 'Not there, or not the caller’s',
  409: 'In conflict with the current state, another version or another use of the Idempotency-Key',
  413: 'The body is over 256 KiB',
  415: 'The body is not JSON',
  422: 'Understood, and refused',
  426: 'This path speaks another protocol: Upgrade names it',
  429: 'Too many requests: Retry-After says how long to wait',
  503: 'Not now: Retry-After says how long to wait',
};

/** Where the documents have the schema of problems. */
export const PROBLEM_SCHEMA = { $ref: '#/components/schemas/Problem' };

const exampleCodes: Readonly<Record<number, readonly [code: string, title: string]>> = {
  400: ['VALIDATION_FAILED', kinds.invalid[1]],
  401: ['UNAUTHENTICATED', kinds.unauthenticated[1]],
  402: ['PAYMENT_DECLINED', kinds['payment-required'][1]],
  403: ['FORBIDDEN', kinds.forbidden[1]],
  404: ['NOT_FOUND', kinds['not-found'][1]],
  409: ['VERSION_CONFLICT', kinds.conflict[1]],
  413: ['PAYLOAD_TOO_LARGE', kinds.invalid[1]],
  415: ['UNSUPPORTED_MEDIA_TYPE', kinds.invalid[1]],
  422: ['REJECTED', kinds.rejected[1]],
  426: ['UPGRADE_REQUIRED', kinds.invalid[1]],
  429: ['RATE_LIMITED', kinds['too-many'][1]],
  503: ['OVERLOADED', kinds.unavailable[1]],
};

/** What a refusal with this status looks like, for documents. */
export function problemExample(status: number, instance: string) {
  const [code, title] = exampleCodes[status] ?? ['INTERNAL', kinds.bug[1]];
  return {
    type: typeOf(code),
    ...{ title, status, detail: title, instance, code },
    traceId: '0af7651916cd43dd8448eb211c80319c',
    ...(status === 400 ? { errors: [{ path: 'body.qty', message: 'must be at least 1' }] } : {}),
  };
}
