import { describe, expect, it } from 'vitest';
import { disagreements, readTable, rowOf, skeleton, type Table } from './table.ts';
import {
  graphqlOperations,
  grpcOperations,
  type Operation,
  operations,
  restOperations,
} from './contracts.ts';

describe('the table of who may do what', () => {
  it('has every operation of the contracts, and no other', () => {
    expect(disagreements(readTable(), operations())).toEqual([]);
  });
});

const cancel: Operation = {
  group: 'order',
  name: 'POST /api/v1/orders/{orderId}/cancel',
  access: ['CUSTOMER', 'ADMIN'],
  permission: 'orders:write',
};
const row = '401 401 404 404 ok 403 ok 403';
const table: Table = { order: { [cancel.name]: row } };

describe('the check of that table', () => {
  it('is content with a table that agrees', () => {
    expect(disagreements(table, [cancel])).toEqual([]);
    expect(skeleton(cancel)).toBe(row);
    expect(rowOf(row)).toMatchObject({ anonymous: '401', owner: 'ok', withoutScope: '403' });
  });

  it('finds a route that is not in it', () => {
    const paths = {
      '/api/v1/orders/{orderId}/cancel': {
        post: { 'x-access': ['CUSTOMER', 'ADMIN'], 'x-permission': 'orders:write' },
      },
      '/api/v1/orders/{orderId}/steal': { post: { 'x-access': 'authenticated' } },
      '/metrics': { get: {} },
    } as const;
    expect(disagreements(table, restOperations('order', { paths }))).toEqual([
      expect.stringContaining('order: POST /api/v1/orders/{orderId}/steal is not in the table'),
    ]);
  });

  it('finds a gRPC method that is not in it', () => {
    const proto =
      'package tradewind.bank.v1;\nservice Bank {\n  // Takes.\n  rpc Rob(RobRequest) returns (RobResponse);\n}\n';
    expect(disagreements(table, [cancel, ...grpcOperations(proto)])).toEqual([
      expect.stringContaining('grpc: tradewind.bank.v1.Bank/Rob is not in the table'),
    ]);
  });

  it('finds a field of the graph that is not in it', () => {
    const api = 'type Query { order(id: ID!): String } type Mutation { stealOrder(id: ID!): String }';
    expect(
      disagreements({ ...table, graphql: { 'Query.order': row } }, [cancel, ...graphqlOperations(api)]),
    ).toEqual([expect.stringContaining('graphql: Mutation.stealOrder is not in the table')]);
  });

  it('finds a row of something that is gone', () => {
    expect(disagreements({ ...table, cart: { 'GET /api/v1/carts': row } }, [cancel])).toEqual([
      'cart: GET /api/v1/carts is in no contract',
    ]);
  });

  it.each([
    ['ok 401 404 404 ok 403 ok 403', 'lets anonymous callers through'],
    ['401 ok 404 404 ok 403 ok 403', 'lets expired tokens through'],
    ['401 401 404 404 ok 403 ok ok', 'lets tokens without the scope through'],
    ['401 401 404 404 ok ok ok 403', 'lets merchant through'],
    ['401 401 404 404 ok 403 ok', 'needs 8'],
    ['401 401 404 404 ok 403 ok maybe', 'needs 8'],
  ])('finds a row that cannot be right: %s', (words, problem) => {
    expect(disagreements({ order: { [cancel.name]: words } }, [cancel])).toEqual([
      expect.stringContaining(problem),
    ]);
  });

  it('lets public operations be called by anybody', () => {
    const list: Operation = { group: 'product', name: 'GET /api/v1/products', access: 'public' };
    expect(skeleton(list)).toBe('ok 401 ok ok ok ok ok ok');
    expect(disagreements({ product: { [list.name]: skeleton(list) } }, [list])).toEqual([]);
  });
});
