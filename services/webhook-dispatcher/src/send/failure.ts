import { TargetRefused } from './guarded-connect.ts';

const REASONS: readonly (readonly [codes: RegExp, reason: string])[] = [
  [/^(?:ENOTFOUND|EAI_AGAIN|ENODATA|ESERVFAIL)$/, 'DNS: the name leads nowhere'],
  [/^ECONNREFUSED$/, 'CONNECTION_REFUSED: nobody listens there'],
  [/^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'CONNECTION_LOST: the endpoint hung up'],
  [/^(?:EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, 'UNREACHABLE: there is no way to it'],
  [/^(?:UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/, 'CONNECT_TIMEOUT: no connection in time'],
  [/TIMEOUT|^UND_ERR_ABORTED$|^ABORT_ERR$/, 'TIMEOUT: no answer in time'],
  [/CERT|^ERR_TLS|^ERR_SSL|^EPROTO|SELF_SIGNED|UNABLE_TO/, 'TLS: no trusted connection'],
  [/^HPE_|^HTTPParserError$/, 'NOT_HTTP: the answer is no HTTP'],
];

/** What is written down about an attempt without an answer: our own words, as a driver's text may say too much. */
export function failureOf(error: unknown, over: boolean): { text: string; refused?: true } {
  for (const one of chain(error)) {
    if (one instanceof TargetRefused) return { text: `TARGET_REFUSED: ${one.message}`, refused: true };
  }
  if (over) return { text: 'TIMEOUT: no answer in time' };
  for (const one of chain(error)) {
    const reason = REASONS.find(([codes]) => codes.test(nameOf(one)));
    if (reason) return { text: reason[1] };
  }
  return { text: 'NOT_SENT: the request could not be made' };
}

/** Its code; undici's parser gives none where already the first bytes are no HTTP. */
function nameOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}

/** An error with its causes, and those that several addresses gave. */
function* chain(error: unknown): Generator<Error> {
  if (!(error instanceof Error)) return;
  yield error;
  if (error instanceof AggregateError) for (const one of error.errors) yield* chain(one);
  yield* chain(error.cause);
}
