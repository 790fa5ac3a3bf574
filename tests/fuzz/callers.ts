import { admin, token } from '../e2e/stack.fixture.ts';

/** Whose token a request carries. */
export interface Caller {
  readonly name: string;
  /** Value of the Authorization header. */
  readonly authorization?: string;
  /** Whether the token is one of ours; what it allows is another matter. */
  readonly genuine: boolean;
}

const bearer = (text: string): string => `Bearer ${text}`;

/** Tokens of every kind. Nobody but these tests knows the tenant. */
export async function callersOf(storeId: string, otherStore: string): Promise<Caller[]> {
  const people: [name: string, roles: string[], store: string][] = [
    ['admin', ['ADMIN'], storeId],
    ['merchant', ['MERCHANT'], storeId],
    ['customer', ['CUSTOMER'], storeId],
    ['service', ['SERVICE'], storeId],
    ['device', ['DEVICE'], storeId],
    ['admin of another tenant', ['ADMIN'], otherStore],
  ];
  const genuine = await Promise.all(
    people.map(async ([name, roles, store]) => ({
      name,
      authorization: bearer(await token({ sub: `FUZZ-${roles.join('')}`, roles, storeId: store })),
      genuine: true,
    })),
  );
  const made = await (
    await admin(storeId)
  ).post<{ secret: string }>('/api/v1/api-tokens', {
    name: 'fuzz',
    roles: ['ADMIN'],
  });
  const machine = { name: 'API token', authorization: bearer(made.body.secret), genuine: true };
  const good = genuine[0]?.authorization ?? '';
  return [...genuine, machine, ...strangers(good).map((one) => ({ ...one, genuine: false }))];
}

function strangers(good: string): { name: string; authorization?: string }[] {
  const [head = '', body = '', signature = ''] = good.slice('Bearer '.length).split('.');
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
  const turned = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
  return [
    { name: 'no token' },
    { name: 'forged', authorization: bearer(`${head}.${body}.${turned}`) },
    { name: 'unsigned', authorization: bearer(`${none}.${body}.`) },
    { name: 'no JWT', authorization: bearer('abc') },
    { name: 'empty', authorization: 'Bearer ' },
    { name: 'other scheme', authorization: 'Basic QWRhOnNlY3JldA==' },
  ];
}
