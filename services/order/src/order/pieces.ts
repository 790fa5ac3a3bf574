import type { Order } from './order.ts';
import type { Line } from './pricing.ts';
import { less, type Pieces, type Quantity, quantities, sum } from './parts.ts';

type Lived = Pick<Order, 'lines' | 'pickings' | 'shipments' | 'returns'>;

/** Pieces in all lines. */
export const ordered = ({ lines }: Pick<Order, 'lines'>): Pieces => sum(lines);

const picked = ({ pickings }: Lived): Pieces => sum(...pickings.map(({ items }) => items));

export const unpicked = (order: Lived): Pieces => less(ordered(order), picked(order));

/** In a shipment that the carrier has not refused. */
const sent = ({ shipments }: Lived): Pieces =>
  sum(...shipments.filter(({ state }) => state !== 'FAILED').map(({ items }) => items));

/** Picked, in no shipment, and not coming back from the counter: may be sent. */
export const unsent = (order: Lived): Pieces =>
  less(picked(order), sent(order), less(comingBack(order), delivered(order)));

const delivered = ({ shipments }: Lived): Pieces =>
  sum(...shipments.filter(({ state }) => state === 'DELIVERED').map(({ items }) => items));

const onTheWay = ({ shipments }: Lived): Pieces =>
  sum(
    ...shipments
      .filter(({ state }) => state === 'REQUESTED' || state === 'SHIPPED')
      .map(({ items }) => items),
  );

const comingBack = ({ returns }: Lived): Pieces =>
  sum(...returns.filter(({ state }) => state !== 'REJECTED').map(({ items }) => items));

export const returned = ({ returns }: Pick<Order, 'returns'>): Pieces =>
  sum(...returns.filter(({ state }) => state === 'RETURNED').map(({ items }) => items));

/** What the customer has, delivered or handed over at the counter, and has not announced to send back. */
export const returnable = (order: Lived): Pieces => less(picked(order), onTheWay(order), comingBack(order));

/**
 * Pieces as lines of the order, each at its own price; the first lines of a product go first. What is said of a line as a
 * whole is not said of a part of it.
 */
export function linesOf(order: Pick<Order, 'lines'>, items: readonly Quantity[]): Line[] {
  const wanted = sum(items);
  return order.lines.flatMap((line) => {
    const qty = Math.min(line.qty, wanted.get(line.productId) ?? 0);
    wanted.set(line.productId, (wanted.get(line.productId) ?? 0) - qty);
    if (qty === 0) return [];
    if (qty === line.qty) return [line];
    return [{ ...line, qty, total: (line.total * BigInt(qty)) / BigInt(line.qty), rules: [] }];
  });
}

/**
 * What pieces are worth when `before` pieces of the order have gone back already: all parts of a line together are worth
 * exactly the line.
 */
export function worthOf(
  lines: readonly Pick<Line, 'productId' | 'qty' | 'total'>[],
  items: readonly Quantity[],
  before: Pieces,
): bigint {
  const after = sum(items, quantities(before));
  return valueOf(lines, after) - valueOf(lines, before);
}

/** Value of the first so many pieces of each product. */
function valueOf(lines: readonly Pick<Line, 'productId' | 'qty' | 'total'>[], pieces: Pieces): bigint {
  const left = new Map(pieces);
  return lines.reduce((value, { productId, qty, total }) => {
    const part = Math.min(qty, left.get(productId) ?? 0);
    left.set(productId, (left.get(productId) ?? 0) - part);
    return value + (total * BigInt(part)) / BigInt(qty);
  }, 0n);
}
