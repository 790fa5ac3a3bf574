import { describe, expect, it } from 'vitest';
import { breakingChanges, type OpenapiDocument } from './openapi-changes.ts';
import type { Schema } from './schema-changes.ts';

const text = { type: 'string' };
const order: Schema = {
  type: 'object',
  properties: {
    orderId: text,
    total: { anyOf: [text, { type: 'null' }] },
    status: { type: 'string', enum: ['PENDING', 'PAID'] },
    lines: { type: 'array', items: { type: 'object', properties: { qty: { type: 'integer' } } } },
  },
  required: ['orderId'],
};
const body: Schema = {
  type: 'object',
  properties: {
    note: { type: 'string', maxLength: 500 },
    priority: { enum: ['LOW', 'HIGH'] },
    amount: { anyOf: [text, { type: 'number' }] },
  },
  required: ['note'],
  additionalProperties: false,
};

/** One document, with parts of it replaced. */
function shop(given: {
  order?: Schema;
  body?: Schema;
  statuses?: readonly string[];
  query?: object[];
  paths?: object;
  open?: boolean;
}): OpenapiDocument {
  const json = (schema: Schema) => ({ content: { 'application/json': { schema } } });
  const { statuses = ['201', '409'], query = [{ in: 'query', name: 'dry', schema: { type: 'boolean' } }] } =
    given;
  const reply = json({ $ref: '#/components/schemas/Order' });
  const post = {
    ...(given.open === false ? { security: [{ bearer: [] }] } : {}),
    parameters: query,
    requestBody: json(given.body ?? body),
    responses: Object.fromEntries(statuses.map((status) => [status, reply])),
  };
  return {
    paths: given.paths ?? { '/orders': { post } },
    components: { schemas: { Order: given.order ?? order } },
  } as OpenapiDocument;
}

const withProperty = (schema: Schema, name: string, property: Schema, required = false): Schema => ({
  ...schema,
  properties: { ...schema.properties, [name]: property },
  required: [...(schema.required ?? []), ...(required ? [name] : [])],
});
const without = (schema: Schema, name: string): Schema => ({
  ...schema,
  properties: Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([key]) => key !== name)),
  required: (schema.required ?? []).filter((key) => key !== name),
});

describe('breakingChanges', () => {
  it.each<[string, OpenapiDocument]>([
    ['nothing changed', shop({})],
    ['a path was added', shop({ paths: { ...shop({}).paths, '/carts': { get: {} } } })],
    ['a status was added', shop({ statuses: ['201', '202', '409'] })],
    ['an optional request field was added', shop({ body: withProperty(body, 'gift', text) })],
    ['a request field became optional', shop({ body: { ...body, required: [] } })],
    ['a request field takes more types', shop({ body: withProperty(body, 'note', {}) })],
    ['a response field was added', shop({ order: withProperty(order, 'paidAt', text, true) })],
    ['a response field is never null', shop({ order: withProperty(order, 'total', text) })],
    [
      'a response’s enum grew',
      shop({
        order: withProperty(order, 'status', { type: 'string', enum: ['PENDING', 'PAID', 'SHIPPED'] }),
      }),
    ],
  ])('there are none where %s', (_what, after) => {
    expect(breakingChanges(shop({}), after)).toEqual([]);
  });

  it.each<[string, OpenapiDocument, string]>([
    ['a path was removed', shop({ paths: {} }), 'was removed'],
    ['a method was removed', shop({ paths: { '/orders': { get: {} } } }), 'was removed'],
    ['a status was removed', shop({ statuses: ['201'] }), 'status 409 was removed'],
    ['a token is needed', shop({ open: false }), 'needs a token'],
    ['a parameter was removed', shop({ query: [] }), 'query dry was removed'],
    [
      'a parameter became required',
      shop({ query: [{ in: 'query', name: 'dry', required: true, schema: { type: 'boolean' } }] }),
      'query dry is required',
    ],
    [
      'a request field is new and required',
      shop({ body: withProperty(body, 'gift', text, true) }),
      'body.gift is required',
    ],
    ['a request field was removed', shop({ body: without(body, 'priority') }), 'body.priority was removed'],
    [
      'a request field takes fewer types',
      shop({ body: withProperty(body, 'amount', text) }),
      'body.amount: number became string',
    ],
    [
      'a request field takes fewer values',
      shop({ body: withProperty(body, 'priority', { enum: ['LOW'] }) }),
      'body.priority: "HIGH" is no longer taken',
    ],
    [
      'a request field is shorter',
      shop({ body: withProperty(body, 'note', { type: 'string', maxLength: 100 }) }),
      'body.note: maxLength is stricter',
    ],
    ['a response field was removed', shop({ order: without(order, 'total') }), '201.total was removed'],
    [
      'a response field may be missing',
      shop({ order: { ...order, required: [] } }),
      '201.orderId may be missing',
    ],
    [
      'a response field has another type',
      shop({ order: withProperty(order, 'orderId', { type: 'integer' }) }),
      '201.orderId: string became integer',
    ],
    [
      'a response field may be null',
      shop({ order: withProperty(order, 'orderId', { anyOf: [text, { type: 'null' }] }) }),
      '201.orderId: string became null',
    ],
    [
      'a field of a line has another type',
      shop({
        order: withProperty(order, 'lines', {
          type: 'array',
          items: { type: 'object', properties: { qty: text } },
        }),
      }),
      '201.lines[].qty: integer became string',
    ],
  ])('names it where %s', (_what, after, problem) => {
    expect(breakingChanges(shop({}), after)).toContainEqual(expect.stringContaining(problem));
  });

  it('refuses to judge what it does not know', () => {
    const composed = shop({ order: { allOf: [order] } });
    expect(() => breakingChanges(composed, composed)).toThrow('allOf');
  });
});
