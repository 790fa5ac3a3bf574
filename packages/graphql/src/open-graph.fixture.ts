import { serviceConfig } from '@tradewind/service/config.ts';
import { createHttp, type HttpApp } from '@tradewind/service/http.ts';
import { createLogger } from '@tradewind/service/logger.ts';

/** Every token is a customer's of STORE-1, who is called as it reads. */
const tokens = {
  verify: (token: string) => ({
    ...{ sub: token, roles: ['CUSTOMER' as const], storeId: 'STORE-1', permissions: [] },
  }),
};

/** Remembers nothing. */
export const noCache = {
  read: async (ids: readonly string[]) => ids.map(() => undefined),
  keep: () => undefined,
};

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string }[];
}

/** A service's part of the graph by itself, as the gateway asks it. */
export async function openGraph(service: string, register: (app: HttpApp) => void) {
  const app = await createHttp({
    ...{ service, logger: createLogger(service, 'silent'), tokens },
    config: serviceConfig.parse({ PORT: 0, JWKS_URL: 'http://127.0.0.1:1/jwks', JWT_ISSUER: 'test' }),
  });
  register(app);

  async function ask(query: string, variables: object, as?: string): Promise<NonNullable<Answer['data']>> {
    const headers = as === undefined ? {} : { authorization: `Bearer ${as}` };
    const reply = await app.inject({
      ...{ method: 'POST', url: '/graphql', headers, payload: { query, variables } },
    });
    const { data, errors } = reply.json<Answer>();
    if (errors || !data) throw new Error(`${reply.statusCode} ${reply.body}`);
    return data;
  }
  return {
    ask,
    /** What the gateway asks of things that other services have named. */
    entities: (type: string, keys: readonly object[], selection: string, as?: string) =>
      ask(
        `query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${type} { ${selection} } } }`,
        { of: keys.map((key) => ({ __typename: type, ...key })) },
        as,
      ).then(({ _entities }) => _entities as readonly Readonly<Record<string, unknown>>[]),
    close: () => app.close(),
  };
}
