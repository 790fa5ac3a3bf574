import { schemasOf } from './document-schemas.ts';
import { type OpenapiDocument, type Operation, operationAt } from './openapi.ts';
import type { Shot } from './shots.ts';

/**
 * What moves money behind an order's back. Who may do it by hand and does it leaves books that do not agree, and
 * `reconcile` says so, rightly: a body that would be taken is not sent.
 */
export const SPARED: readonly string[] = [
  'POST /api/v1/payments',
  'POST /api/v1/payments/{paymentId}/refunds',
];

/** Whether a body names an endpoint beyond this machine, by whatever a mutation made of one on it. */
export const leadsAway = ({ body }: Pick<Shot, 'body'>): boolean =>
  body !== undefined && urlsIn(parsed(body)).some((text) => !isHere(text));

const HERE = '127.0.0.1';
const isHere = (text: string): boolean => (URL.parse(text)?.hostname || HERE) === HERE;

function urlsIn(value: unknown, field = ''): string[] {
  if (typeof value === 'string') return field === 'url' ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => urlsIn(part, name));
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
