/** The columns that queries of this service read. */
export interface Tables {
  orders: {
    order_id: string;
    store_id: string;
    user_id: string;
    status: string;
    currency: string;
    total_minor: bigint;
    captured_minor: bigint;
    refunded_minor: bigint;
    version: number;
    reservation_id: string;
    payment_id: string | null;
    shipping_address: unknown;
    expires_at: Date;
    created_at: Date;
    updated_at: Date;
  };
  order_items: {
    order_id: string;
    line: number;
    product_id: string;
    sku: string | null;
    qty: number;
    price_minor: bigint;
  };
  order_events: {
    order_id: string;
    version: number;
    event_id: string;
    type: string;
    payload: Buffer;
    occurred_at: Date;
  };
  order_status_history: { order_id: string; version: number; status: string; occurred_at: Date };
  orders_by_customer: {
    order_id: string;
    user_id: string;
    status: string;
    total_minor: bigint;
    currency: string;
    item_count: number;
    items: { productId: string; qty: number; price_minor: number }[];
    version: number;
    created_at: Date;
    updated_at: Date;
  };
}
