import { figuresAgree } from './a1-figures-agree.ts';
import { cartIsOneOrder } from './c1-cart-is-one-order.ts';
import { noCheckoutLeftOpen } from './c2-no-checkout-left-open.ts';
import { copiesEqualCarts } from './c3-copies-equal-carts.ts';
import { devicesAddUp } from './d1-devices-add-up.ts';
import { acknowledgedOrdersExist } from './i1-acknowledged-orders-exist.ts';
import { noSagaLeftOpen } from './i10-no-saga-left-open.ts';
import { webhooksEndedOnce } from './i11-webhooks-ended-once.ts';
import { partsAddUp } from './i13-parts-add-up.ts';
import { orderIsFoldOfEvents } from './i2-order-is-fold-of-events.ts';
import { stockAddsUp } from './i3-stock-adds-up.ts';
import { soldIsCommitted } from './i4-sold-is-committed.ts';
import { capturedOnce } from './i5-captured-once.ts';
import { topicsAreInOrder } from './i6-topics-are-in-order.ts';
import { appliedExactlyOnce } from './i7-applied-exactly-once.ts';
import { projectionsEqualSources } from './i8-projections-equal-sources.ts';
import { oneOrderPerKey } from './i9-one-order-per-key.ts';
import type { Invariant } from './invariant.ts';
import { statusesEqualOrders } from './n1-statuses-equal-orders.ts';
import { codesAddUp } from './p1-codes-add-up.ts';
import { flashMapEqualsSales } from './p2-flash-map-equals-sales.ts';

/** In the order of their numbers, then those of single services (C: carts, P: pricing, N: notification, D: devices, A: analytics). */
export const invariants: readonly Invariant[] = [
  acknowledgedOrdersExist,
  orderIsFoldOfEvents,
  stockAddsUp,
  soldIsCommitted,
  capturedOnce,
  topicsAreInOrder,
  appliedExactlyOnce,
  projectionsEqualSources,
  oneOrderPerKey,
  noSagaLeftOpen,
  webhooksEndedOnce,
  partsAddUp,
  cartIsOneOrder,
  noCheckoutLeftOpen,
  copiesEqualCarts,
  codesAddUp,
  flashMapEqualsSales,
  statusesEqualOrders,
  devicesAddUp,
  figuresAgree,
];
