/** One reading of a simulated device: what it says, and what must become of it. */
export interface SentReading {
  readonly deviceId: string;
  readonly seq: number;
  readonly sku: string;
  readonly delta: number;
}

/** A payload that is none. */
export interface SentGarbage {
  readonly sku: string;
  readonly text: string;
}

/** Stock of the fleet's own, as it was counted before the first reading. */
export interface FleetStock {
  readonly sku: string;
  readonly onHand: number;
}

/** What a fleet has sent, each reading once however often it went out: what the stock must be follows from it. */
export interface SentLedger {
  readonly run: string;
  readonly storeId: string;
  readonly stock: readonly FleetStock[];
  readonly readings: readonly SentReading[];
  readonly garbage: readonly SentGarbage[];
}

export const keyOf = ({ deviceId, seq }: Pick<SentReading, 'deviceId' | 'seq'>): string =>
  `${deviceId} ${seq}`;
