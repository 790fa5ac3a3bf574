/** A message of a device, taken and not yet acknowledged. */
export interface Arrival {
  readonly topic: string;
  readonly payload: Buffer;
  /** MQTT 5 user properties; of those given twice the first. */
  readonly properties: Readonly<Record<string, string>>;
  /** Epoch ms. */
  readonly receivedAt: number;
  /** False once its connection is gone: the MQTT broker gives the message to somebody again. */
  isCurrent(): boolean;
  /** Lets the MQTT broker forget the message. Does nothing once its connection is gone. */
  acknowledge(code: number): void;
}

/** PUBACK reason codes of MQTT 5. */
export const SUCCESS = 0x00;
export const PAYLOAD_FORMAT_INVALID = 0x99;
