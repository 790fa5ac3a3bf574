import { httpClient } from '@tradewind/testing/http.ts';
import { urlOf } from '../e2e/stack.fixture.ts';
import { accepted, orderOf, type Story } from './story.ts';

/** The payment gateway, beside its protocols. */
export const gateway = httpClient(urlOf('payment-gateway'));

export interface Book {
  readonly entries: readonly { readonly kind: string; readonly status: string; readonly channel: string }[];
  readonly totals: readonly {
    readonly captures: number;
    readonly captured: string;
    readonly refunds: number;
    readonly refunded: string;
  }[];
}

/** What the gateway itself has written down about the order. */
export async function bookOf(story: Story): Promise<Book> {
  return accepted(await gateway.get<Book>(`/book?orderId=${orderOf(story).made.orderId}`));
}
