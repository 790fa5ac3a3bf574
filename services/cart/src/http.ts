import type { Database } from '@tradewind/postgres/database.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { registerAddItem } from '#add-item/http.ts';
import { registerCallers } from '#callers.ts';
import { cartChanges } from '#cart-changes.ts';
import { registerChangeItem } from '#change-item/http.ts';
import type { CheckoutDeps } from '#checkout/checkout.ts';
import { registerCheckout } from '#checkout/http.ts';
import { registerCodes } from '#codes/http.ts';
import { registerCreateCart } from '#create-cart/http.ts';
import { cartFinder } from '#merge-cart/find-carts.ts';
import { registerMergeCart } from '#merge-cart/http.ts';
import { registerReadCart } from '#read-cart/http.ts';
import type { CartReader } from '#cart-reader.ts';
import { registerSetShipping } from '#set-shipping/http.ts';

export interface RouteDeps extends CheckoutDeps {
  readonly db: Database;
  readonly reader: CartReader;
}

/** Every route of the service. */
export function registerRoutes(app: HttpApp, { db, reader, ...checkout }: RouteDeps): void {
  const { store } = checkout;
  const change = cartChanges(reader, store);
  registerCallers(app);
  registerCreateCart(app, store);
  registerReadCart(app, reader);
  registerAddItem(app, change);
  registerChangeItem(app, change);
  registerCodes(app, change);
  registerSetShipping(app, change);
  registerMergeCart(app, { store, reader, carts: cartFinder(db) });
  registerCheckout(app, { ...checkout, change });
}
