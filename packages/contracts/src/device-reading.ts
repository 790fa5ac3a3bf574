import { DomainError } from '@tradewind/kernel/errors.ts';
import { z } from 'zod';

/** Where the bridge puts what devices report, as JSON: raw readings belong to no aggregate (ADR 0032). */
export const READINGS_TOPIC = 'iot.inventory.delta';
/** Larger messages of a device are refused. */
export const LARGEST_READING = 8 * 1024;
/** The largest number that the events can say: an Avro long, as the codec takes it. */
const LARGEST_SEQ = Number.MAX_SAFE_INTEGER - 1;
const LATEST = Date.parse('9999-12-31T23:59:59Z');

const id = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[\x21-\x7e]+$/, 'visible ASCII characters without spaces');
/** Text that every store takes. */
const text = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .refine(
      (value) => value.isWellFormed() && !value.includes('\0'),
      'holds a character that cannot be stored',
    );
const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => value ?? undefined);

// What firmware adds of its own (battery, temperature) is no reason to lose a reading: unknown fields are left out.
const fields = {
  delta: z
    .int()
    .min(-1_000_000)
    .max(1_000_000)
    .refine((value) => value !== 0, 'may not be 0'),
  reason: text(64),
  /** The location; without it the default one of the device's tenant. */
  storeId: optional(id(128)),
  deviceId: optional(id(64)),
  /** A device that counts from the start again after a reset says so by another session. */
  session: optional(id(32)),
  seq: optional(z.int().min(0).max(LARGEST_SEQ)),
};
const instant = z.int().min(0).max(LATEST);
const clock = z.union([
  instant,
  // What the bridge lets pass inventory must take: a year before 1970 is nobody's clock.
  z.iso
    .datetime({ offset: true })
    .transform((value) => Date.parse(value))
    .pipe(instant),
]);
const sku = id(128);
const fromDevice = z.object({ ...fields, ts: optional(clock) });
const onTopic = z.object({
  ...fields,
  sku,
  ts: optional(instant),
  /** When the bridge took it, in epoch ms. */
  receivedAt: instant,
});

/** One reading, as it lies in Kafka. */
export type DeviceReading = z.output<typeof onTopic>;

/**
 * The reading in the payload of an MQTT message to `iot/inventory/{sku}/delta`.
 * @throws DomainError READING_INVALID
 */
export function parseDeviceMessage(topic: string, payload: Uint8Array, receivedAt: number): DeviceReading {
  const named = sku.safeParse(/^iot\/inventory\/([^/]+)\/delta$/.exec(topic)?.[1]);
  if (!named.success) throw invalid(`the topic ${topic.slice(0, 200)} names no sku`);
  if (payload.length > LARGEST_READING) {
    throw invalid(`${payload.length} bytes are more than ${LARGEST_READING}`);
  }
  const text = textOf(payload);
  const reading = { ...parse(fromDevice, text), sku: named.data, receivedAt };
  const twice = namedTwice(text);
  if (twice !== undefined) throw invalid(`${twice.slice(0, 64)}: stands there twice`);
  return reading;
}

/**
 * A reading from the topic.
 * @throws DomainError READING_INVALID
 */
export const decodeReading = (value: Uint8Array): DeviceReading => parse(onTopic, textOf(value));

export const encodeReading = (reading: DeviceReading): Buffer => Buffer.from(JSON.stringify(reading));

/** Readings of one device are in order on the topic; those of nobody in particular by sku. */
export const readingKey = ({ deviceId, sku: of }: DeviceReading): string => deviceId ?? of;

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw notJson(cause);
  }
}

function parse<S extends z.ZodType>(schema: S, text: string): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw notJson(cause);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(`${issue?.path.join('.') || 'payload'}: ${issue?.message ?? 'not valid'}`, result.error);
}

const TOKENS = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;

/** A field that an object in valid JSON names twice: `JSON.parse` would take the last, and nobody knows which was meant. */
function namedTwice(json: string): string | undefined {
  const names = new Set<string>();
  let depth = 0;
  for (const [token, colon] of json.matchAll(TOKENS)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (colon !== undefined && depth === 1) {
      const name = JSON.parse(token.slice(0, -colon.length)) as string;
      if (names.has(name)) return name;
      names.add(name);
    }
  }
  return undefined;
}

const notJson = (cause: unknown): DomainError => invalid('it is no JSON in UTF-8', cause);

function invalid(message: string, cause?: unknown): DomainError {
  return new DomainError('READING_INVALID', 'invalid', message, { cause });
}
