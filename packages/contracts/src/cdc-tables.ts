/** What a column holds, in Avro's words; `?` where it may be null. Times are RFC 3339 text, JSON is its text. */
interface Kinds {
  text: string;
  'text?': string | null;
  int: number;
  long: bigint;
  'long?': bigint | null;
}

type Columns = Readonly<Record<string, keyof Kinds>>;

/**
 * The tables that change data capture tells of, by topic, with the columns that consumers may rely on; the publications of
 * the services' migrations may tell more. `key` identifies a row. Of two tellings of a row the one with the larger
 * `version` is the newer one; a table without versions only ever gets new rows.
 */
export const cdcTables = {
  'cdc.order.public.orders': {
    key: ['order_id'],
    columns: {
      order_id: 'text',
      store_id: 'text',
      user_id: 'text',
      status: 'text',
      currency: 'text',
      total_minor: 'long',
      captured_minor: 'long',
      refunded_minor: 'long',
      version: 'int',
      reservation_id: 'text',
      payment_id: 'text?',
      cancellation: 'text?',
      expires_at: 'text',
      created_at: 'text',
      updated_at: 'text',
    },
  },
  'cdc.inventory.public.inventory_adjustment': {
    key: ['store_id', 'adjustment_id'],
    columns: {
      store_id: 'text',
      adjustment_id: 'text',
      location_id: 'text',
      sku: 'text',
      product_id: 'text',
      delta: 'int',
      reason: 'text',
      reservation_id: 'text?',
      device_id: 'text?',
      seq: 'long?',
      on_hand_after: 'int',
      created_at: 'text',
    },
  },
  'cdc.product.public.products': {
    key: ['store_id', 'product_id'],
    columns: {
      store_id: 'text',
      product_id: 'text',
      sku: 'text',
      name: 'text',
      description: 'text?',
      price_minor: 'long',
      currency: 'text',
      price_since: 'text',
      category_id: 'text?',
      attributes: 'text',
      status: 'text',
      version: 'int',
      created_at: 'text',
      updated_at: 'text',
    },
  },
} as const satisfies Readonly<Record<string, { readonly key: readonly string[]; readonly columns: Columns }>>;

export type CdcTopic = keyof typeof cdcTables;

/** A row of the table behind a topic, under the names of its columns. */
export type CdcRow<Topic extends CdcTopic> = {
  readonly [
    Column in keyof (typeof cdcTables)[Topic]['columns']
  ]: Kinds[(typeof cdcTables)[Topic]['columns'][Column] & keyof Kinds];
};

const AVRO = { text: 'string', int: 'int', long: 'long' } as const;

/** What we read of a row. The connector names its records after the topic. */
export function readerSchema(topic: CdcTopic): object {
  const columns: Columns = cdcTables[topic].columns;
  const optional = (name: string, type: string) => ({ name, type: ['null', type], default: null });
  return {
    type: 'record',
    namespace: topic,
    name: 'Value',
    fields: [
      ...Object.entries(columns).map(([name, kind]) => {
        const type = AVRO[kind.replace('?', '') as keyof typeof AVRO];
        return kind.endsWith('?') ? optional(name, type) : { name, type };
      }),
      optional('__deleted', 'string'),
      optional('__op', 'string'),
      optional('__source_ts_ms', 'long'),
      optional('__source_lsn', 'long'),
    ],
  };
}
