import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import { apiAs } from '#api.ts';
import { openStack, type RunningStack } from '#reconcile/running-stack.ts';
import type { Violation } from '#reconcile/invariant.ts';
import type { Endpoints } from '#up/endpoints.ts';
import { compareFleet, type Tally } from './compare.ts';
import { playFleet } from './fleet.ts';
import { writeLedger } from './ledger-file.ts';
import { planFleet } from './plan.ts';
import { keyOf, type SentLedger } from './reading.ts';
import { storedOf } from './stored.ts';

export interface FleetOptions {
  readonly count: number;
  readonly seconds: number;
  readonly rate: number;
  readonly faults: boolean;
  readonly seed: number;
  /** Longest wait for the last reading to come to its end. */
  readonly waitSeconds: number;
}

export interface FleetResult {
  readonly tally: Tally;
  readonly violations: readonly Violation[];
  /** In quarantine; with faults it must be the liar, and nobody else. */
  readonly quarantined: readonly string[];
  readonly liar: string | undefined;
  readonly file: string;
}

const STORE = 'STORE-1';
const PLENTY = 1_000_000;
const SCARCE = 5;
const SKUS = 5;

/** A fleet with stock of its own, whose ledger is written. */
export interface Fleet {
  /** Sends all of its readings; resolves when the MQTT broker has acknowledged them. */
  play(): Promise<void>;
  /** Waits until the stock is what an oracle says, or the time is over. */
  settle(): Promise<FleetResult>;
}

/** A fleet over the real MQTT broker, and what an oracle says of the stock when it is quiet. */
export async function runFleet(
  endpoints: Endpoints,
  home: string,
  options: FleetOptions,
  say: (line: string) => void,
): Promise<FleetResult> {
  const fleet = await prepareFleet(endpoints, home, options, say);
  await fleet.play();
  say('all acknowledged; waiting for quiet');
  return fleet.settle();
}

export async function prepareFleet(
  endpoints: Endpoints,
  home: string,
  options: FleetOptions,
  say: (line: string) => void,
): Promise<Fleet> {
  const run = randomUUID().slice(0, 8);
  const skus = Array.from({ length: SKUS }, (_, index) => `SIM-${run}-${index + 1}`);
  const scarce = `SIM-${run}-SCARCE`;
  const staff = await apiAs({ sub: 'fleet', roles: ['MERCHANT'], storeId: STORE });
  const stock = [...skus.map((sku) => ({ sku, onHand: PLENTY })), { sku: scarce, onHand: SCARCE }];
  for (const { sku, onHand } of stock) {
    await staff.send('PUT', `/stores/${STORE}/inventory/${sku}`, { productId: `P-${sku}`, onHand });
  }
  const { acts, liar } = planFleet({ ...options, run, skus, scarce });
  const readings = acts.flatMap((act) => (act.kind === 'reading' ? [act.reading] : []));
  const ledger: SentLedger = {
    ...{ run, storeId: STORE, stock },
    readings: [...new Map(readings.map((reading) => [keyOf(reading), reading])).values()],
    garbage: acts.flatMap((act) => (act.kind === 'garbage' ? [act.garbage] : [])),
    acknowledged: false,
  };
  const whole: SentLedger = { ...ledger, acknowledged: true };
  const file = writeLedger(home, ledger);
  say(
    `${options.count} devices, ${acts.length} messages of ${ledger.readings.length} readings (seed ${options.seed})`,
  );
  return {
    async play() {
      await playFleet(endpoints.mqtt, acts, say);
      writeLedger(home, whole);
    },
    async settle() {
      const stack = openStack(endpoints);
      try {
        const { violations, tally } = await untilSettled(stack, whole, options.waitSeconds);
        const quarantined = await quarantinedOf(stack, run);
        const wrong = quarantined
          .filter((id) => id !== liar)
          .map((subject) => ({ subject, what: 'does not lie, and is in quarantine' }));
        return { ...{ tally, quarantined, liar, file }, violations: [...violations, ...wrong] };
      } finally {
        await stack.close();
      }
    },
  };
}

async function untilSettled(stack: RunningStack, ledger: SentLedger, seconds: number) {
  for (const deadline = Date.now() + seconds * 1_000; ; await pause(500)) {
    try {
      const compared = compareFleet(ledger, await storedOf(stack, ledger));
      if (compared.violations.length === 0 || Date.now() > deadline) return compared;
    } catch (error) {
      // A server may be on its way back.
      if (!isDomainError(error) || !error.retryable || Date.now() > deadline) throw error;
    }
  }
}

async function quarantinedOf(stack: RunningStack, run: string): Promise<string[]> {
  const rows = await stack.query<{ id: string }>(
    'inventory',
    `select device_id as id from device where status = 'QUARANTINED' and starts_with(device_id, $1)`,
    [`sim-${run}-`],
  );
  return rows.map(({ id }) => id);
}
