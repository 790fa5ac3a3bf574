import { MatchersV3, type PactV4 } from '@pact-foundation/pact';
import { expect } from 'vitest';

const { fromProviderState, regex, string, integer } = MatchersV3;

/** One request of a client, and the least that it needs of the reply. */
export interface Agreement {
  /** What must be true at the provider: a name of states.ts. */
  readonly given: string;
  readonly asking: string;
  readonly method: string;
  readonly path: string | ReturnType<typeof fromState>;
  readonly query?: Readonly<Record<string, string | ReturnType<typeof fromState>>>;
  readonly headers?: Readonly<Record<string, string | ReturnType<typeof fromState>>>;
  readonly body?: unknown;
  readonly status: number;
  readonly replyHeaders?: Readonly<Record<string, string | ReturnType<typeof regex>>>;
  readonly reply?: unknown;
}

/** A value that only the provider knows: `${name}`s are filled in from its state. */
export const fromState = (expression: string, example: string) => fromProviderState(expression, example);

export const BEARER = fromState('Bearer ${token}', 'Bearer eyJhbGciOiJFUzI1NiJ9.e30.c2ln');
export const amount = (example: string) => regex('^\\d+(\\.\\d{1,4})?$', example);
export const etag = (example: string) => regex('^"\\d+"$', example);
const PROBLEM = 'application/problem+json; charset=utf-8';

/** A refusal: clients branch on its code and show its detail. */
export const refusal = (status: number, code: string, more: Readonly<Record<string, unknown>> = {}) => ({
  status,
  replyHeaders: { 'Content-Type': PROBLEM },
  reply: { status: integer(status), code, detail: string('why'), traceId: string('4bf92f35'), ...more },
});

/** Plays the client's side of an agreement against Pact's stand-in for the provider, which writes it down. */
export async function agree(pact: PactV4, agreement: Agreement): Promise<void> {
  const { given, asking, method, path, query, headers, body, status, replyHeaders, reply } = agreement;
  await pact
    .addInteraction()
    .given(given)
    .uponReceiving(asking)
    .withRequest(method, path, (request) => {
      if (query) request.query(query as Record<string, string>);
      if (headers) request.headers(headers as Record<string, string>);
      if (body !== undefined) request.jsonBody(body);
    })
    .willRespondWith(status, (response) => {
      if (replyHeaders) response.headers(replyHeaders);
      if (reply !== undefined) response.jsonBody(reply);
    })
    .executeTest(async ({ url }) => {
      const asked = new URL(String(MatchersV3.reify(path)), url);
      for (const [name, value] of Object.entries(query ?? {})) {
        asked.searchParams.set(name, String(MatchersV3.reify(value)));
      }
      const sent = Object.entries(headers ?? {}).map(([name, value]) => [
        name,
        String(MatchersV3.reify(value)),
      ]);
      const answer = await fetch(asked, {
        method,
        headers: [...(sent as [string, string][]), ...JSON_HEADERS(body)],
        ...(body === undefined ? {} : { body: JSON.stringify(MatchersV3.reify(body)) }),
      });
      expect(answer.status).toBe(status);
      if (reply !== undefined) expect(await answer.json()).toEqual(MatchersV3.reify(reply));
    });
}

const JSON_HEADERS = (body: unknown): [string, string][] =>
  body === undefined ? [] : [['content-type', 'application/json']];
