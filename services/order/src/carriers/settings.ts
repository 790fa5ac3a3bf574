import { z } from 'zod';

const account = z.object({
  clientId: z.string().min(1),
  secret: z.string().min(1),
  /** Signs the carrier's callbacks. */
  callbackSecret: z.string().min(1),
});
export type CarrierAccount = z.infer<typeof account>;

const names = z.enum(['fedex', 'ups', 'dhl']);
const text = z.string().max(200);
const milliseconds = (fallback: number) => z.coerce.number().int().positive().default(fallback);

/** JSON in a variable. */
const json = <S extends z.ZodType>(schema: S) =>
  z
    .string()
    .transform((value, { addIssue }) => {
      try {
        return JSON.parse(value) as unknown;
      } catch {
        addIssue('not JSON');
        return z.NEVER;
      }
    })
    .pipe(schema);

/** Settings of the carriers, for the service's config. A carrier without an address is not offered. */
export const carrierSettings = {
  /** `{"fedex": "https://…", "ups": …, "dhl": …}` */
  CARRIER_URLS: json(z.partialRecord(names, z.url())).default({}),
  /** `{"fedex": {"clientId", "secret", "callbackSecret"}, …}`: one for each address. */
  CARRIER_CREDENTIALS: json(z.partialRecord(names, account)).default({}),
  /** Where parcels are handed over: `{"name", "line1", "city", "postalCode", "country"}`. */
  CARRIER_SHIP_FROM: json(
    z.object({ name: text, line1: text, city: text, postalCode: text, country: z.string().length(2) }),
  ).default({ name: 'Tradewind', line1: '1 Dock Road', city: 'Newark', postalCode: '07114', country: 'US' }),
  /** Longest time of one call. */
  CARRIER_CALL_TIMEOUT_MS: milliseconds(2_000),
  CARRIER_BREAKER_HALF_OPEN_MS: milliseconds(5_000),
};

export type CarrierSettings = { [K in keyof typeof carrierSettings]: z.infer<(typeof carrierSettings)[K]> };
