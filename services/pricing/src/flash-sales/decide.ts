import { toDecimal } from '@tradewind/contracts/decimal.ts';
import type { PayloadOf } from '@tradewind/contracts/event.ts';
import type { FlashPrice } from '#engine/rules.ts';
import { percentOf } from '#engine/rounding.ts';
import { pricingError } from '#errors.ts';

export type SaleStatus = 'SCHEDULED' | 'ACTIVE' | 'ENDED';

/** What somebody says of a sale. */
export interface SaleTerms {
  readonly name: string | null;
  readonly productIds: readonly string[];
  readonly price: FlashPrice;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

export interface Sale extends SaleTerms {
  readonly saleId: string;
  /** Who said its terms last. */
  readonly setBy: string | null;
  readonly status: SaleStatus;
  readonly endedAt: Date | null;
  readonly version: number;
  /** How many events have told of it; one that waits has none. */
  readonly events: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** When something has to be done about it next. */
export function dueAt({
  status,
  startsAt,
  endsAt,
}: Pick<Sale, 'status' | 'startsAt' | 'endsAt'>): Date | null {
  if (status === 'ENDED') return null;
  return status === 'SCHEDULED' ? startsAt : endsAt;
}

/** What the sale makes of a product's list price; nothing where that is in another currency. */
function salePrice(price: FlashPrice, listMinor: bigint, currency: string): bigint | undefined {
  if ('basisPoints' in price) return listMinor - percentOf(listMinor, price.basisPoints);
  return price.currency === currency ? price.unitMinor : undefined;
}

type Of<Name extends string> = `ecommerce.pricing.flash_sale.${Name}.v1`;
type EventName = 'started' | 'changed' | 'ended';
export type SaleEvent = {
  [Name in EventName]: { readonly type: Of<Name>; readonly payload: PayloadOf<Of<Name>> };
}[EventName];

/** A product's price without the sale. */
export interface ListPrice {
  readonly productId: string;
  readonly price: bigint;
  readonly currency: string;
}

/** The sale after a command, and what is told of it. */
export interface Decision {
  readonly sale: Sale;
  readonly events: readonly SaleEvent[];
}

export interface Moment {
  readonly now: Date;
  /** Of the sale's products, those that are known. */
  readonly listPrices: readonly ListPrice[];
}

/** The moment in which somebody says a sale's terms. */
export interface Saying extends Moment {
  readonly by: string | null;
}

const unchanged = (sale: Sale): Decision => ({ sale, events: [] });

/** What the time asks for: an announced sale begins, one that runs ends. One that was slept through did both. */
export function carryOn(sale: Sale, { now, listPrices }: Moment): Decision {
  const begun =
    sale.status === 'SCHEDULED' && sale.startsAt <= now
      ? told({ ...sale, status: 'ACTIVE' }, now, (after) => started(after, listPrices))
      : unchanged(sale);
  if (begun.sale.status !== 'ACTIVE' || sale.endsAt > now) return begun;
  const over = told({ ...begun.sale, status: 'ENDED', endedAt: sale.endsAt }, now, (after) =>
    ended(after, 'EXPIRED'),
  );
  return { sale: over.sale, events: [...begun.events, ...over.events] };
}

/** A new sale; it begins at once where its time has come. */
export function createSale(saleId: string, terms: SaleTerms, moment: Saying): Decision {
  const { now, by } = moment;
  const sale: Sale = {
    ...{ ...terms, saleId, setBy: by, status: 'SCHEDULED', endedAt: null, version: 0, events: 0 },
    ...{ createdAt: now, updatedAt: now },
  };
  const begun = carryOn(sale, moment);
  return begun.events.length > 0 ? begun : { sale: { ...sale, version: 1 }, events: [] };
}

/** @throws DomainError FLASH_SALE_ENDED, FLASH_SALE_STARTED */
export function changeSale(sale: Sale, terms: SaleTerms, moment: Saying): Decision {
  if (sale.status === 'ENDED') throw pricingError('FLASH_SALE_ENDED');
  const { now, listPrices, by } = moment;
  const changed = { ...sale, ...terms, setBy: by };
  if (sale.status === 'SCHEDULED') {
    const begun = carryOn(changed, moment);
    if (begun.events.length > 0) return begun;
    return { sale: { ...changed, version: sale.version + 1, updatedAt: now }, events: [] };
  }
  if (terms.startsAt.getTime() !== sale.startsAt.getTime()) throw pricingError('FLASH_SALE_STARTED');
  return told(changed, now, (after) => ({
    type: 'ecommerce.pricing.flash_sale.changed.v1',
    payload: factsOf(after, listPrices),
  }));
}

export interface End {
  readonly now: Date;
  /** Who ends it before its time. */
  readonly by: string | null;
}

/** Ends it now; one that has not begun never will. A repeat changes nothing. */
export function endSale(sale: Sale, { now, by }: End): Decision {
  if (sale.status === 'ENDED') return unchanged(sale);
  const over: Sale = { ...sale, status: 'ENDED', endedAt: now };
  if (sale.status === 'SCHEDULED') {
    return { sale: { ...over, version: sale.version + 1, updatedAt: now }, events: [] };
  }
  return told(over, now, (after) => ended(after, 'DELETED', by));
}

function told(sale: Sale, now: Date, tell: (after: Sale) => SaleEvent): Decision {
  const after = { ...sale, version: sale.version + 1, events: sale.events + 1, updatedAt: now };
  return { sale: after, events: [tell(after)] };
}

const started = (sale: Sale, listPrices: readonly ListPrice[]): SaleEvent => ({
  type: 'ecommerce.pricing.flash_sale.started.v1',
  payload: factsOf(sale, listPrices),
});

function factsOf(
  { saleId, name, price, startsAt, endsAt, version, setBy }: Sale,
  listPrices: readonly ListPrice[],
): PayloadOf<Of<'started'>> {
  const prices = listPrices.flatMap(({ productId, price: listMinor, currency }) => {
    const minor = salePrice(price, listMinor, currency);
    if (minor === undefined) return [];
    return [
      { productId, currency, listPrice: toDecimal(listMinor, currency), price: toDecimal(minor, currency) },
    ];
  });
  const discountBasisPoints = 'basisPoints' in price ? price.basisPoints : null;
  return { saleId, name, prices, discountBasisPoints, startsAt, endsAt, version, setBy };
}

const ended = (
  { saleId, name, productIds, startsAt, endsAt, endedAt, version }: Sale,
  reason: 'EXPIRED' | 'DELETED',
  endedBy: string | null = null,
): SaleEvent => ({
  type: 'ecommerce.pricing.flash_sale.ended.v1',
  payload: { saleId, name, productIds, startsAt, endedAt: endedAt ?? endsAt, reason, version, endedBy },
});
