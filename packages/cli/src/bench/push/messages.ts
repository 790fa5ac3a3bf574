import type { Kind } from './client-process.ts';

/** What the benchmark tells a process of clients. */
export type Order =
  | {
      readonly do: 'connect';
      readonly kind: Kind;
      readonly urls: readonly string[];
      /** WebSocket: a token per customer, whose clients share it. */
      readonly tokens: readonly string[];
      readonly clients: number;
      /** Source address: ports are counted by address. */
      readonly from: string;
    }
  /** Breaks this share of the connections off, one after the other over some time; each comes back at once. */
  | { readonly do: 'reconnect'; readonly share: number; readonly seconds: number }
  | { readonly do: 'forget-latencies' }
  | { readonly do: 'report' };

/** What a process of clients has seen. */
export interface Report {
  readonly clients: number;
  readonly open: number;
  readonly messages: number;
  readonly reconnections: number;
  /** Milliseconds from the event to the client, of what was told live. */
  readonly latencies: readonly number[];
  /** Versions or ids that came out of order, or were skipped. */
  readonly gaps: readonly string[];
  /** WebSocket: by customer's index, what each of its clients holds: `order status` lines, the same for all or several. */
  readonly statuses: readonly (readonly string[])[];
  /** SSE: the different last ids of the clients. */
  readonly lastIds: readonly string[];
}

export type Answer = { readonly done: Order['do'] } & Partial<Report>;
