import type { Carrier, CarrierCode } from './carrier.ts';
import { connectTo } from './connection.ts';
import { dhl } from './dhl.ts';
import { fedex } from './fedex.ts';
import { reliable } from './reliable.ts';
import type { CarrierSettings } from './settings.ts';
import { ups } from './ups.ts';

/** The carriers that this deployment has an address of. */
export interface Carriers {
  get(code: CarrierCode): Carrier | undefined;
  readonly all: readonly Carrier[];
  close(): Promise<void>;
}

const RETRY_DELAY_MS = 50;
const wires = { fedex, ups, dhl } as const;

/** @throws Error where a carrier has an address and no credentials: no service starts half configured */
export function connectCarriers(settings: CarrierSettings, now: () => number = Date.now): Carriers {
  const all = (Object.keys(wires) as (keyof typeof wires)[]).flatMap((name) => {
    const url = settings.CARRIER_URLS[name];
    if (url === undefined) return [];
    const account = settings.CARRIER_CREDENTIALS[name];
    if (!account) throw new Error(`CARRIER_CREDENTIALS has nothing for ${name}`);
    return reliable(wires[name](connectTo(url), account, settings.CARRIER_SHIP_FROM), {
      callTimeoutMs: settings.CARRIER_CALL_TIMEOUT_MS,
      retryDelayMs: RETRY_DELAY_MS,
      halfOpenAfterMs: settings.CARRIER_BREAKER_HALF_OPEN_MS,
      callbackSecret: account.callbackSecret,
      now,
    });
  });
  return {
    get: (code) => all.find((carrier) => carrier.code === code),
    all,
    close: async () => void (await Promise.all(all.map((carrier) => carrier.close()))),
  };
}
