import { exponentOf } from '@tradewind/kernel/money.ts';
import { halfUp } from './rounding.ts';

/** One unit of `from` costs so many of `to`, since a date. */
export interface CurrencyRate {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** A positive decimal such as "1.0825". Text, because a float is not what was written down. */
  readonly rate: string;
  /** In ms since 1970; the latest one that is not ahead counts. */
  readonly asOf: number;
}

const RATE = /^(\d{1,12})(?:\.(\d{1,12}))?$/;

/** A rate as a fraction; nothing where it is no positive decimal with up to twelve digits on each side. */
export function rateFraction(rate: string): { units: bigint; per: bigint } | undefined {
  const match = RATE.exec(rate);
  if (!match) return undefined;
  const [, whole = '0', fraction = ''] = match;
  const units = BigInt(whole + fraction);
  return units > 0n ? { units, per: 10n ** BigInt(fraction.length) } : undefined;
}

export function rateFor(
  rates: readonly CurrencyRate[],
  from: string,
  to: string,
  now: number,
): CurrencyRate | undefined {
  let best: CurrencyRate | undefined;
  for (const rate of rates) {
    if (rate.from !== from || rate.to !== to || rate.asOf > now) continue;
    if (!best || rate.asOf > best.asOf || (rate.asOf === best.asOf && rate.id > best.id)) best = rate;
  }
  return best;
}

/**
 * An amount in the other currency, rounded once. What costs something costs at least one minor unit there too: a
 * conversion gives nothing away. Nothing where the rate is none.
 */
export function convert(minor: bigint, { from, to, rate }: CurrencyRate): bigint | undefined {
  const fraction = rateFraction(rate);
  if (!fraction) return undefined;
  const converted = halfUp(
    minor * fraction.units * 10n ** BigInt(exponentOf(to)),
    fraction.per * 10n ** BigInt(exponentOf(from)),
  );
  return converted === 0n && minor > 0n ? 1n : converted;
}
