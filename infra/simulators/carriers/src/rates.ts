import { formatAmount } from '@tradewind/kernel/money.ts';
import { CarrierFault, type CarrierName, type Parcel } from '#carrier.ts';

export interface Rate {
  readonly service: string;
  readonly name: string;
  /** Decimal string. */
  readonly price: string;
  readonly currency: string;
  readonly days: number;
}

interface Tariff {
  readonly service: string;
  readonly name: string;
  /** Minor units. */
  readonly base: number;
  readonly perKilo: number;
  readonly abroad: number;
  readonly days: number;
}

const tariffs: Readonly<Record<CarrierName, { currency: string; services: readonly Tariff[] }>> = {
  fedex: {
    currency: 'USD',
    services: [
      { service: 'FEDEX_GROUND', name: 'FedEx Ground', base: 895, perKilo: 110, abroad: 1_500, days: 4 },
      {
        ...{ service: 'PRIORITY_OVERNIGHT', name: 'FedEx Priority Overnight', base: 2_990, perKilo: 240 },
        ...{ abroad: 3_200, days: 1 },
      },
    ],
  },
  ups: {
    currency: 'USD',
    services: [
      { service: '03', name: 'UPS Ground', base: 870, perKilo: 115, abroad: 1_650, days: 4 },
      { service: '01', name: 'UPS Next Day Air', base: 3_120, perKilo: 255, abroad: 3_400, days: 1 },
    ],
  },
  dhl: {
    currency: 'EUR',
    services: [
      { service: 'N', name: 'DHL Express Domestic', base: 940, perKilo: 105, abroad: 1_100, days: 2 },
      { service: 'P', name: 'DHL Express Worldwide', base: 2_450, perKilo: 220, abroad: 900, days: 1 },
    ],
  },
};

const HEAVIEST_GRAMS = 68_000;

/**
 * What a carrier asks for a parcel, one rate per service, the cheapest first.
 * @throws CarrierFault UNDELIVERABLE, TOO_HEAVY
 */
export function ratesFor(carrier: CarrierName, { from, to, grams }: Parcel): Rate[] {
  if (!/^[A-Z]{2}$/.test(to.country) || !/^[A-Z]{2}$/.test(from.country)) {
    throw new CarrierFault('UNDELIVERABLE', `there is no country ${to.country}`);
  }
  if (grams > HEAVIEST_GRAMS) throw new CarrierFault('TOO_HEAVY', `${grams} g are more than a parcel`);
  const { currency, services } = tariffs[carrier];
  const kilos = Math.ceil(grams / 1_000);
  return services.map(({ service, name, base, perKilo, abroad, days }) => {
    const cents = base + perKilo * kilos + (to.country === from.country ? 0 : abroad);
    return { service, name, price: formatAmount(BigInt(cents), currency), currency, days };
  });
}
