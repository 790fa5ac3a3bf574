import type { Answer, HttpClient } from '@tradewind/testing/http.ts';

export interface GraphqlAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string; readonly status?: number };
  }[];
}

/** Asks the graph as one client. */
export const ask = <Data = Record<string, unknown>>(
  client: HttpClient,
  query: string,
  variables: object = {},
): Promise<Answer<GraphqlAnswer<Data>>> => client.post('/graphql', { query, variables });

/** Data of an answer that must have no errors. */
export async function dataOf<Data>(client: HttpClient, query: string, variables: object = {}): Promise<Data> {
  const { status, body } = await ask<Data>(client, query, variables);
  if (status !== 200 || body.errors || !body.data) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body.data;
}

export const codesOf = ({ body }: Answer<GraphqlAnswer<unknown>>): string[] =>
  (body.errors ?? []).map(({ extensions }) => extensions.code);
