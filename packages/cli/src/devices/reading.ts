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

/** What a fleet sends, each reading once however often it went out: what the stock must be follows from it. */
export interface SentLedger {
  readonly run: string;
  readonly storeId: string;
  readonly stock: readonly FleetStock[];
  readonly readings: readonly SentReading[];
  readonly garbage: readonly SentGarbage[];
  /**
   * The MQTT broker has acknowledged all of it. Until then, and for ever where the run was ended in the middle, nobody knows
   * how much of it went out.
   */
  readonly acknowledged: boolean;
}

export const keyOf = ({ deviceId, seq }: Pick<SentReading, 'deviceId' | 'seq'>): string =>
  `${deviceId} ${seq}`;
