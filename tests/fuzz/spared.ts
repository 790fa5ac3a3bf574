import { schemasOf } from './document-schemas.ts';
import { type OpenapiDocument, type Operation, operationAt } from './openapi.ts';
import type { Shot } from './shots.ts';

/**
 * What moves money behind an order's back. Who may do it by hand and does it leaves books that do not agree, and
 * `reconcile` says so, rightly: a body that would be taken is not sent. Nor is one that has a read model built anew: the machine
 * has other work meanwhile.
 */
export const SPARED: readonly string[] = [
  'POST /api/v1/payments',
  'POST /api/v1/payments/{paymentId}/refunds',
  ...['inventory', 'notification', 'order', 'pricing', 'product'].flatMap((service) =>
    ['replays', 'rollback', 'switch'].map((act) => `POST /api/v1/admin/${service}/projections/{name}/${act}`),
  ),
];

/** Whether a body names an endpoint beyond this machine, by whatever a mutation made of one on it. */
export const leadsAway = ({ body }: Pick<Shot, 'body'>): boolean =>
  body !== undefined && urlsIn(parsed(body)).some((text) => !isHere(text));

const HERE = '127.0.0.1';
const isHere = (text: string): boolean => (URL.parse(text)?.hostname || HERE) === HERE;

/** Without recursion: bodies may be thousands of levels deep. */
function urlsIn(value: unknown): string[] {
  const found: string[] = [];
  const rest: unknown[] = [value];
  for (let one = rest.pop(); one !== undefined; one = rest.pop()) {
    if (typeof one !== 'object' || one === null) continue;
    if ('url' in one && typeof one.url === 'string') found.push(one.url);
    rest.push(...Object.values(one).filter((part) => typeof part === 'object' && part !== null));
  }
  return found;
}

/** Says of a request whether it is to be left out. */
export function spares(document: OpenapiDocument, operations: readonly Operation[]): (shot: Shot) => boolean {
  const schemaAt = schemasOf(document);
  return (shot) => {
    const { method, path, body, caller } = shot;
    if (leadsAway(shot)) return true;
    const operation = operationAt(operations, method, path);
    if (!operation || !caller.genuine || !SPARED.includes(`${operation.method} ${operation.template}`))
      return false;
    const place = ['paths', operation.template, method.toLowerCase(), 'requestBody', 'content'];
    return schemaAt(...place, 'application/json', 'schema')(parsed(body));
  };
}

function parsed(body: Buffer | undefined): unknown {
  try {
    // A byte order mark does not keep a service from reading what follows it.
    return JSON.parse(body?.toString('utf8').replace(/^\uFEFF/, '') ?? 'null') as unknown;
  } catch {
    return undefined;
  }
}
