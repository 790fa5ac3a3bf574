import { join } from 'node:path';
import { z } from 'zod';

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65535).default(4090),
  /** Keeps the book over restarts: a gateway that forgets its charges would charge them again. */
  STATE_FILE: z.string().optional(),
  /** The local stack's folder: the book is kept there where STATE_FILE does not say otherwise. */
  TW_HOME: z.string().optional(),
  /** Told of each outcome; also settable as a knob. */
  CALLBACK_URL: z.url().optional(),
});

const { TW_HOME, STATE_FILE, ...rest } = environment.parse(process.env);
const stateFile =
  STATE_FILE ?? (TW_HOME === undefined ? undefined : join(TW_HOME, 'data', 'payment-gateway', 'book'));

export const config = { ...rest, stateFile };
export type Config = typeof config;
