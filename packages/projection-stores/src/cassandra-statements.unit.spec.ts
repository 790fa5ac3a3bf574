import { describe, expect, it } from 'vitest';
import { projection } from '@tradewind/outbox/projection.ts';
import { columnsFor, createTable, layoutOf, selectRows, updateRow } from './cassandra-statements.ts';

const orders = projection<{ order_id: string }>({
  name: 'orders',
  topics: ['orders'],
  captured: ['cdc'],
  key: 'order_id',
  keyOf: (event) => event.partitionKey,
  evolve: (row) => row,
  store: {
    kind: 'cassandra',
    cassandra: {
      columns: { user_id: 'text', order_id: 'text', status: 'text', items: 'json', told: 'text' },
      partition: ['user_id'],
      clustering: [['order_id', 'desc']],
      placeOf: () => ({}),
      columnsOf: { cdc: ['told'] },
    },
  },
});
const flat = (text: string) => text.replace(/\s+/g, ' ').trim();

describe('statements of Cassandra', () => {
  it('make a table whose partition begins with the tenant', () =>
    expect(flat(createTable(orders, 2))).toBe(
      'create table if not exists orders_v2 ( store_id text, user_id text, order_id text, status text, items text, ' +
        'told text, versions map<text, int>, primary key ((store_id, user_id), order_id)) ' +
        'with clustering order by (order_id desc)',
    ));
  it('ask for several rows of a partition at once', () =>
    expect(selectRows(orders, 2)).toBe(
      'select * from orders_v2 where store_id = ? and user_id = ? and order_id in ?',
    ));
  it('write only what the topic owns, under its version', () => {
    expect(columnsFor(layoutOf(orders), 'orders')).toEqual(['status', 'items']);
    expect(flat(updateRow(orders, 2, 'cdc'))).toBe(
      'update orders_v2 using timestamp ? set told = ?, versions[?] = ? ' +
        'where store_id = ? and user_id = ? and order_id = ?',
    );
  });
  it('take no name that is more than a name', () =>
    expect(() => createTable({ ...orders, name: 'orders; drop' }, 2)).toThrow('bad name'));
});
