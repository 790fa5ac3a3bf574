import { join } from 'node:path';
import { z } from 'zod';

const account = z.object({
  clientId: z.string().min(1),
  secret: z.string().min(1),
  /** Callbacks are signed with it. */
  callbackSecret: z.string().min(1),
});
export type Account = z.infer<typeof account>;

const SANDBOX = {
  clientId: 'tradewind',
  secret: 'local-carrier-secret',
  callbackSecret: 'local-callback-secret',
};

const accounts = z.object({ fedex: account, ups: account, dhl: account });

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65535).default(4091),
  /** Keeps labels over restarts: a carrier that forgets them would sell them again. */
  STATE_FILE: z.string().optional(),
  /** The local stack's folder: labels are kept there where STATE_FILE does not say otherwise. */
  TW_HOME: z.string().optional(),
  /** The client's account at each carrier, as JSON. */
  CARRIER_CREDENTIALS: z
    .string()
    .transform((text) => accounts.parse(JSON.parse(text)))
    .default({ fedex: SANDBOX, ups: SANDBOX, dhl: SANDBOX }),
  /** Tracking events are posted to `<this>/<carrier>`; also settable as a knob. */
  CARRIER_CALLBACK_URL: z.url().optional(),
  /** How many times as fast parcels travel; 1 = delivered after 45 s. */
  TW_CARRIER_TIME_SCALE: z.coerce.number().positive().max(100_000).default(1),
});

const { TW_HOME, STATE_FILE, ...rest } = environment.parse(process.env);
const stateFile =
  STATE_FILE ?? (TW_HOME === undefined ? undefined : join(TW_HOME, 'data', 'carriers', 'book'));

export const config = { ...rest, stateFile };
export type Config = typeof config;
