import type { CompiledRules } from './compile.ts';
import { convert, type CurrencyRate, rateFor } from './currency-rate.ts';
import { flashPrice } from './flash-sales.ts';
import { type Item, linesByProduct } from './items.ts';
import { listedPrice } from './price-lists.ts';
import type { PriceRequest, RequestLine, RuleKind } from './request.ts';

/** What set the price of a piece, and by how much it lowered it. */
interface PriceRule {
  readonly kind: RuleKind;
  readonly ruleId: string;
  readonly name: string;
  readonly lowersPiece: bigint;
}

interface PiecePrice {
  readonly listMinor: bigint;
  readonly priceMinor: bigint;
  readonly rules: readonly PriceRule[];
  readonly endsAt: number | undefined;
}

const rateRule = (rate: CurrencyRate): PriceRule => ({
  kind: 'CURRENCY_RATE',
  ruleId: rate.id,
  name: `${rate.from} to ${rate.to} ${rate.rate} of ${new Date(rate.asOf).toISOString().slice(0, 10)}`,
  lowersPiece: 0n,
});

/** The price of one of so many pieces; nothing where the product has none in the currency of the request. */
function pricePiece(
  { priceLists, flashSales }: CompiledRules,
  { productId, baseMinor, currency: soldIn }: RequestLine,
  qty: number,
  { currency, segment, rates, now }: PriceRequest,
): PiecePrice | undefined {
  const toCurrency = (minor: bigint, from: string): bigint | undefined => {
    if (from === currency) return minor;
    const rate = rateFor(rates, from, currency, now);
    return rate && convert(minor, rate);
  };
  const listed = listedPrice(priceLists, { productId, qty, currency, segment, now });
  const listMinor = toCurrency(baseMinor, soldIn) ?? listed?.unitMinor;
  if (listMinor === undefined) return undefined;
  const regular = listed?.unitMinor ?? listMinor;

  const offer = flashPrice(flashSales, productId, listMinor, now, toCurrency);
  const flash = offer && offer.unitMinor < regular ? offer : undefined;
  const priceMinor = flash?.unitMinor ?? regular;
  const lowersPiece = listMinor > priceMinor ? listMinor - priceMinor : 0n;

  const convertedFrom = flash ? (flash.from ?? soldIn) : listed ? currency : soldIn;
  const rate = convertedFrom === currency ? undefined : rateFor(rates, convertedFrom, currency, now);
  const rules: PriceRule[] = rate ? [rateRule(rate)] : [];
  if (flash) rules.push({ kind: 'FLASH_SALE', ruleId: flash.sale.id, name: flash.sale.name, lowersPiece });
  else if (listed) {
    rules.push({ kind: 'PRICE_LIST', ruleId: listed.list.id, name: listed.list.name, lowersPiece });
  }
  return { listMinor, priceMinor, rules, endsAt: flash?.sale.endsAt };
}

/** The request's products with their prices before promotions, and until when these hold; or those without a price. */
export function priceItems(
  compiled: CompiledRules,
  request: PriceRequest,
): { items: readonly Item[]; unpriced: readonly string[]; validUntil: number | undefined } {
  const items: Item[] = [];
  const unpriced: string[] = [];
  let validUntil: number | undefined;
  for (const [product, places] of linesByProduct(request.lines)) {
    const { productId, sku, categoryIds } = product;
    const qty = places.reduce((sum, place) => sum + place.qty, 0);
    const price = pricePiece(compiled, product, qty, request);
    if (!price) {
      unpriced.push(productId);
      continue;
    }
    const { listMinor, priceMinor, rules, endsAt } = price;
    if (endsAt !== undefined) validUntil = Math.min(endsAt, validUntil ?? endsAt);
    const beforeMinor = priceMinor * BigInt(qty);
    const lines = places.map((place) => ({
      ...place,
      amountMinor: priceMinor * BigInt(place.qty),
      rules: rules.map(({ lowersPiece, ...rule }) => ({
        ...rule,
        amountMinor: lowersPiece * BigInt(place.qty),
      })),
    }));
    items.push({
      productId,
      sku,
      categoryIds,
      qty,
      listMinor,
      priceMinor,
      beforeMinor,
      amountMinor: beforeMinor,
      lines,
    });
  }
  return { items, unpriced, validUntil };
}
